package dev.tollgate.core.analytics;

import dev.tollgate.core.usage.UsageCounts;
import java.util.List;
import java.util.Map;

/**
 * A {@link Summary} of one provider.
 *
 * @param provider its name
 * @param summary of its requests
 */
public record ProviderSummary(String provider, @Inlined Summary summary) implements UsageRanked {

    static ProviderSummary of(String provider, UsageCounts counts) {
        return new ProviderSummary(provider, Summary.of(counts));
    }

    /** Returns the providers, most used first. */
    static List<ProviderSummary> mostUsedFirst(Map<String, UsageCounts> providers) {
        return providers.entrySet().stream()
                .map(provider -> of(provider.getKey(), provider.getValue()))
                .sorted(MOST_USED_FIRST)
                .toList();
    }

    @Override
    public Totals totals() {
        return summary.totals();
    }
}
