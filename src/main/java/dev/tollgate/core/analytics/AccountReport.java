package dev.tollgate.core.analytics;

import dev.tollgate.core.usage.KeyUsage;
import java.util.List;
import java.util.Map;

/**
 * The totals of an account: sums over its keys.
 *
 * @param accountId the account's id
 * @param keys how many keys it has, revoked ones among them
 * @param summary of all keys
 * @param providers by provider, most used first
 * @param fileTypes files by media type
 * @param meta how the answer came about
 */
public record AccountReport(
        String accountId,
        int keys,
        Summary summary,
        List<ProviderSummary> providers,
        Map<String, Long> fileTypes,
        ReportMeta meta) {

    static AccountReport of(String accountId, int keys, KeyUsage usage, ReportMeta meta) {
        return new AccountReport(
                accountId,
                keys,
                Summary.of(usage.totals()),
                ProviderSummary.mostUsedFirst(usage.providers()),
                usage.totals().fileTypes(),
                meta);
    }
}
