package dev.tollgate.core.analytics;

import dev.tollgate.core.usage.UsageCounts;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Summary} of one provider, and its days.
 *
 * @param provider its name
 * @param totals of the days asked for
 * @param averages what is computed from them
 * @param lastUsedAt the latest request ever, whatever days were asked for; null if there was none
 * @param daily its days, newest first
 */
public record ProviderDetail(
        String provider,
        @Inlined Totals totals,
        @Inlined Summary.Averages averages,
        @Nullable Instant lastUsedAt,
        List<Day> daily)
        implements UsageRanked {

    static ProviderDetail of(
            String provider, UsageCounts counts, UsageCounts ever, NavigableMap<LocalDate, UsageCounts> days) {
        return new ProviderDetail(
                provider,
                Totals.of(counts),
                Summary.Averages.of(counts),
                Summary.lastUsed(ever),
                Day.newestFirst(days));
    }
}
