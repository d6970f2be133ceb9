package dev.tollgate.core.analytics;

import dev.tollgate.core.usage.UsageCounts;
import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Counts, with averages and rates computed from them.
 *
 * @param totalRequests successful and failed ones
 * @param successfulRequests those served
 * @param failedRequests those not served
 * @param totalFilesUploaded files stored
 * @param totalFileSize bytes stored
 * @param averageFileSize bytes per file, two decimals; 0 if there is no file
 * @param successRate successful requests in percent of all, 0 to 100, two decimals; 0 if there was no request
 * @param lastUsedAt the latest request; null if there was none
 */
public record Summary(
        long totalRequests,
        long successfulRequests,
        long failedRequests,
        long totalFilesUploaded,
        long totalFileSize,
        BigDecimal averageFileSize,
        BigDecimal successRate,
        @Nullable Instant lastUsedAt) {

    static Summary of(UsageCounts counts) {
        return new Summary(
                counts.totalRequests(),
                counts.successfulRequests(),
                counts.failedRequests(),
                counts.totalFiles(),
                counts.totalBytes(),
                Percentages.average(counts.totalBytes(), counts.totalFiles()),
                Percentages.percent(counts.successfulRequests(), counts.totalRequests()),
                lastUsed(counts));
    }

    static @Nullable Instant lastUsed(UsageCounts counts) {
        return counts.lastUsedAt() == 0 ? null : Instant.ofEpochMilli(counts.lastUsedAt());
    }
}
