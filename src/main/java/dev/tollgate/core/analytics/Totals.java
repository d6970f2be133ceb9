package dev.tollgate.core.analytics;

import dev.tollgate.core.usage.UsageCounts;
import java.util.Collection;

/**
 * Counts that can be summed.
 *
 * @param totalRequests successful and failed ones
 * @param successfulRequests those served
 * @param failedRequests those not served
 * @param totalFilesUploaded files stored
 * @param totalFileSize bytes stored
 */
public record Totals(
        long totalRequests, long successfulRequests, long failedRequests, long totalFilesUploaded, long totalFileSize) {

    static Totals of(UsageCounts counts) {
        return new Totals(
                counts.totalRequests(),
                counts.successfulRequests(),
                counts.failedRequests(),
                counts.totalFiles(),
                counts.totalBytes());
    }

    static Totals of(Collection<UsageCounts> counts) {
        return of(counts.stream().reduce(UsageCounts.NONE, UsageCounts::plus));
    }
}
