package dev.tollgate.core.analytics;

import dev.tollgate.core.analytics.query.Day;
import dev.tollgate.core.usage.UsageCounts;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Summary} of one provider, and its days.
 *
 * @param provider its name
 * @param totalRequests successful and failed ones
 * @param successfulRequests those served
 * @param failedRequests those not served
 * @param totalFilesUploaded files stored
 * @param totalFileSize bytes stored
 * @param averageFileSize bytes per file, two decimals; 0 if there is no file
 * @param successRate successful requests in percent of all, 0 to 100, two decimals; 0 if there was no request
 * @param lastUsedAt the latest request ever, whatever days were asked for; null if there was none
 * @param daily its days, newest first
 */
public record ProviderDetail(
        String provider,
        long totalRequests,
        long successfulRequests,
        long failedRequests,
        long totalFilesUploaded,
        long totalFileSize,
        BigDecimal averageFileSize,
        BigDecimal successRate,
        @Nullable Instant lastUsedAt,
        List<Day> daily)
        implements UsageRanked {

    static ProviderDetail of(
            String provider, UsageCounts counts, UsageCounts ever, NavigableMap<LocalDate, UsageCounts> days) {
        ProviderSummary summary = ProviderSummary.of(provider, counts);
        return new ProviderDetail(
                provider,
                summary.totalRequests(),
                summary.successfulRequests(),
                summary.failedRequests(),
                summary.totalFilesUploaded(),
                summary.totalFileSize(),
                summary.averageFileSize(),
                summary.successRate(),
                Summary.lastUsed(ever),
                Day.newestFirst(days));
    }
}
