package dev.tollgate.core.analytics;

import dev.tollgate.core.analytics.query.Days;
import dev.tollgate.core.analytics.query.ProvidersQuery;
import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.UsageCounts;
import java.time.LocalDate;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A key's usage provider by provider.
 *
 * @param providers most used first
 * @param totals of the providers listed
 * @param meta how the answer came about
 */
public record ProvidersReport(List<ProviderDetail> providers, Totals totals, ReportMeta meta) {

    static ProvidersReport of(ProvidersQuery query, KeyUsage usage, ReportMeta meta) {
        NavigableMap<LocalDate, UsageCounts> days = Days.inRange(usage.days(), query.range());
        Days.keepNewest(days, query.newestDays());
        var daily = Days.byProvider(usage.providerDays(), days);
        TreeSet<String> names = new TreeSet<>(daily.keySet());
        if (!query.range().isBounded()) {
            names.addAll(usage.providers().keySet());
        }
        query.provider().ifPresent(provider -> names.removeIf(name -> !name.equals(provider)));
        TreeMap<String, UsageCounts> counts = new TreeMap<>();
        for (String name : names) {
            UsageCounts ever = usage.providers().getOrDefault(name, UsageCounts.NONE);
            counts.put(name, query.range().isBounded() ? sum(daily.getOrDefault(name, new TreeMap<>())) : ever);
        }
        List<ProviderDetail> providers = counts.entrySet().stream()
                .map(provider -> ProviderDetail.of(
                        provider.getKey(),
                        provider.getValue(),
                        usage.providers().getOrDefault(provider.getKey(), UsageCounts.NONE),
                        daily.getOrDefault(provider.getKey(), new TreeMap<>())))
                .sorted(UsageRanked.MOST_USED_FIRST)
                .toList();
        return new ProvidersReport(providers, Totals.of(counts.values()), meta);
    }

    private static UsageCounts sum(NavigableMap<LocalDate, UsageCounts> days) {
        return days.values().stream().reduce(UsageCounts.NONE, UsageCounts::plus);
    }
}
