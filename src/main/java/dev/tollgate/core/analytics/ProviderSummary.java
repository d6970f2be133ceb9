package dev.tollgate.core.analytics;

import dev.tollgate.core.usage.UsageCounts;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Summary} of one provider.
 *
 * @param provider its name
 * @param totalRequests successful and failed ones
 * @param successfulRequests those served
 * @param failedRequests those not served
 * @param totalFilesUploaded files stored
 * @param totalFileSize bytes stored
 * @param averageFileSize bytes per file, two decimals; 0 if there is no file
 * @param successRate successful requests in percent of all, 0 to 100, two decimals; 0 if there was no request
 * @param lastUsedAt the latest request; null if there was none
 */
public record ProviderSummary(
        String provider,
        long totalRequests,
        long successfulRequests,
        long failedRequests,
        long totalFilesUploaded,
        long totalFileSize,
        BigDecimal averageFileSize,
        BigDecimal successRate,
        @Nullable Instant lastUsedAt)
        implements UsageRanked {

    static ProviderSummary of(String provider, UsageCounts counts) {
        Summary summary = Summary.of(counts);
        return new ProviderSummary(
                provider,
                summary.totalRequests(),
                summary.successfulRequests(),
                summary.failedRequests(),
                summary.totalFilesUploaded(),
                summary.totalFileSize(),
                summary.averageFileSize(),
                summary.successRate(),
                summary.lastUsedAt());
    }

    /** Returns the providers, most used first. */
    static List<ProviderSummary> mostUsedFirst(Map<String, UsageCounts> providers) {
        return providers.entrySet().stream()
                .map(provider -> of(provider.getKey(), provider.getValue()))
                .sorted(MOST_USED_FIRST)
                .toList();
    }
}
