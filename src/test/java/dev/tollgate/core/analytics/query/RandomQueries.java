package dev.tollgate.core.analytics.query;

import java.time.LocalDate;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Random queries of every type, for properties of reports. */
public final class RandomQueries {

    private RandomQueries() {}

    /**
     * Returns queries for these providers or all, and for ranges of days up to today.
     *
     * @param daysBack the oldest day of a range, in days before today
     * @param maxLimit the largest limit of a query for days
     */
    public static Arbitrary<ReportQuery> of(Arbitrary<String> provider, LocalDate today, int daysBack, int maxLimit) {
        Arbitrary<Optional<String>> providers = provider.optional();
        Arbitrary<Optional<LocalDate>> days = Arbitraries.integers()
                .between(0, daysBack)
                .map(today::minusDays)
                .optional();
        Arbitrary<DateRange> ranges = Combinators.combine(days, days)
                .filter((start, end) ->
                        start.isEmpty() || end.isEmpty() || !start.get().isAfter(end.get()))
                .as(DateRange::new);
        return Arbitraries.oneOf(
                providers.map(UploadQuery::new),
                Combinators.combine(ranges, Arbitraries.integers().between(1, maxLimit))
                        .as(DailyQuery::new),
                Combinators.combine(providers, ranges).as(ProvidersQuery::new),
                Arbitraries.just(new FileTypesQuery()));
    }
}
