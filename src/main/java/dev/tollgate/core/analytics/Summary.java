package dev.tollgate.core.analytics;

import dev.tollgate.core.usage.UsageCounts;
import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Counts, with averages and rates computed from them.
 *
 * @param totals the counts
 * @param averages what is computed from them
 * @param lastUsedAt the latest request; null if there was none
 */
public record Summary(
        @Inlined Totals totals,
        @Inlined Averages averages,
        @Nullable Instant lastUsedAt) {

    /**
     * What is computed from {@link Totals}.
     *
     * @param averageFileSize bytes per file, two decimals; 0 if there is no file
     * @param successRate successful requests in percent of all, 0 to 100, two decimals; 0 if there was no request
     */
    public record Averages(BigDecimal averageFileSize, BigDecimal successRate) {

        static Averages of(UsageCounts counts) {
            return new Averages(
                    Percentages.average(counts.totalBytes(), counts.totalFiles()),
                    Percentages.percent(counts.successfulRequests(), counts.totalRequests()));
        }
    }

    static Summary of(UsageCounts counts) {
        return new Summary(Totals.of(counts), Averages.of(counts), lastUsed(counts));
    }

    static @Nullable Instant lastUsed(UsageCounts counts) {
        return counts.lastUsedAt() == 0 ? null : Instant.ofEpochMilli(counts.lastUsedAt());
    }
}
