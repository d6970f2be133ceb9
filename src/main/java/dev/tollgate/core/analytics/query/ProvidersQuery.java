package dev.tollgate.core.analytics.query;

import java.time.LocalDate;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A query for a key's usage provider by provider, and each provider's days.
 *
 * <p>Without a first day each provider's totals are all it ever had and its days are those among the key's newest
 * {@value #NEWEST_DAYS} days with usage. With a first or last day, totals are of the days asked for.
 *
 * @param provider this provider alone; empty for all
 * @param range which days
 */
public record ProvidersQuery(Optional<String> provider, DateRange range) implements ReportQuery {

    /** Days of usage shown when no first day is given. */
    public static final int NEWEST_DAYS = 90;

    public ProvidersQuery {
        provider.ifPresent(ReportParameters::requireProvider);
    }

    /**
     * Reads a query; parameters are as sent, null if not.
     *
     * @param today the present UTC day
     * @throws BadQueryException naming the parameter that is bad
     */
    public static ProvidersQuery parse(
            @Nullable String provider, @Nullable String startDate, @Nullable String endDate, LocalDate today) {
        return new ProvidersQuery(ReportParameters.provider(provider), DateRange.parse(startDate, endDate, today));
    }

    /** Returns how many of the key's days with usage are shown, the newest of them. */
    public int newestDays() {
        return range.start().isPresent() ? DateRange.MAX_DAYS : NEWEST_DAYS;
    }

    @Override
    public String cacheName(String keyId) {
        return "analytics:provider:{" + keyId + "}:" + ReportParameters.orAll(provider) + ":" + range.name();
    }
}
