package dev.tollgate.analytics;

import dev.tollgate.usage.KeyUsage.ProviderDay;
import dev.tollgate.usage.UsageCounts;
import java.time.LocalDate;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Picks days. */
final class Days {

    private Days() {}

    static NavigableMap<LocalDate, UsageCounts> inRange(Map<LocalDate, UsageCounts> days, DateRange range) {
        NavigableMap<LocalDate, UsageCounts> picked = new TreeMap<>(days);
        picked.keySet().removeIf(day -> !range.contains(day));
        return picked;
    }

    static void keepNewest(NavigableMap<LocalDate, ?> days, int most) {
        while (days.size() > most) {
            days.pollFirstEntry();
        }
    }

    /** By provider, its counts on the given days. */
    static NavigableMap<String, NavigableMap<LocalDate, UsageCounts>> byProvider(
            Map<ProviderDay, UsageCounts> providerDays, Map<LocalDate, ?> days) {
        NavigableMap<String, NavigableMap<LocalDate, UsageCounts>> byProvider = new TreeMap<>();
        providerDays.forEach((key, counts) -> {
            if (days.containsKey(key.day())) {
                byProvider
                        .computeIfAbsent(key.provider(), provider -> new TreeMap<>())
                        .put(key.day(), counts);
            }
        });
        return byProvider;
    }
}
