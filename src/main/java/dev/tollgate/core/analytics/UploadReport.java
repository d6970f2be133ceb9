package dev.tollgate.core.analytics;

import dev.tollgate.core.analytics.query.UploadQuery;
import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.Provider;
import dev.tollgate.core.usage.UsageCounts;
import java.util.List;
import java.util.Map;

/**
 * A key's totals.
 *
 * @param apiKeyId the API key's id
 * @param provider the provider asked for, or {@value Provider#ALL}
 * @param summary of that provider, or of the key
 * @param providers by provider, most used first; only the one asked for
 * @param fileTypes files by media type, of that provider, or of the key
 * @param meta how the answer came about
 */
public record UploadReport(
        String apiKeyId,
        String provider,
        Summary summary,
        List<ProviderSummary> providers,
        Map<String, Long> fileTypes,
        ReportMeta meta) {

    static UploadReport of(String keyId, UploadQuery query, KeyUsage usage, ReportMeta meta) {
        if (query.provider().isEmpty()) {
            return new UploadReport(
                    keyId,
                    Provider.ALL,
                    Summary.of(usage.totals()),
                    ProviderSummary.mostUsedFirst(usage.providers()),
                    usage.totals().fileTypes(),
                    meta);
        }
        String provider = query.provider().get();
        UsageCounts counts = usage.providers().getOrDefault(provider, UsageCounts.NONE);
        return new UploadReport(
                keyId,
                provider,
                Summary.of(counts),
                usage.providers().containsKey(provider) ? List.of(ProviderSummary.of(provider, counts)) : List.of(),
                counts.fileTypes(),
                meta);
    }
}
