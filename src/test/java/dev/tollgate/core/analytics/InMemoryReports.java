package dev.tollgate.core.analytics;

import dev.tollgate.core.analytics.query.DailyQuery;
import dev.tollgate.core.analytics.query.DateRange;
import dev.tollgate.core.analytics.query.ProvidersQuery;
import dev.tollgate.core.analytics.query.ReportQuery;
import dev.tollgate.core.analytics.query.UploadQuery;
import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.KeyUsage.ProviderDay;
import dev.tollgate.core.usage.UsageCounts;
import java.time.LocalDate;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** What {@link UsageReports} says a database returns for a query, from usage in memory: the least it may return. */
final class InMemoryReports {

    private InMemoryReports() {}

    static KeyUsage rows(ReportQuery query, KeyUsage usage) {
        if (query instanceof UploadQuery upload) {
            Map<String, UsageCounts> providers = new TreeMap<>(usage.providers());
            upload.provider().ifPresent(wanted -> providers.keySet().removeIf(name -> !name.equals(wanted)));
            return new KeyUsage(usage.totals(), providers, Map.of(), Map.of());
        } else if (query instanceof DailyQuery daily) {
            NavigableMap<LocalDate, UsageCounts> days = newest(usage, daily.range(), daily.settledDays());
            return new KeyUsage(UsageCounts.NONE, Map.of(), days, Map.of());
        } else if (query instanceof ProvidersQuery wanted) {
            NavigableMap<LocalDate, UsageCounts> days = newest(usage, wanted.range(), wanted.newestDays());
            Map<String, UsageCounts> providers = new TreeMap<>(usage.providers());
            Map<ProviderDay, UsageCounts> providerDays = new TreeMap<>(usage.providerDays());
            providerDays.keySet().removeIf(at -> !days.containsKey(at.day()));
            wanted.provider().ifPresent(provider -> {
                providers.keySet().removeIf(name -> !name.equals(provider));
                providerDays.keySet().removeIf(at -> !at.provider().equals(provider));
            });
            days.replaceAll((day, counts) -> UsageCounts.NONE);
            return new KeyUsage(UsageCounts.NONE, providers, days, providerDays);
        }
        return new KeyUsage(usage.totals(), Map.of(), Map.of(), Map.of());
    }

    private static NavigableMap<LocalDate, UsageCounts> newest(KeyUsage usage, DateRange range, int most) {
        NavigableMap<LocalDate, UsageCounts> days = new TreeMap<>(usage.days());
        days.keySet().removeIf(day -> !range.contains(day));
        while (days.size() > most) {
            days.pollFirstEntry();
        }
        return days;
    }
}
