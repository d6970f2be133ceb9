package dev.tollgate.core.analytics.query;

import dev.tollgate.core.usage.KeyUsage.ProviderDay;
import dev.tollgate.core.usage.UsageCounts;
import java.time.LocalDate;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Functions that select days. */
public final class Days {

    private Days() {}

    public static NavigableMap<LocalDate, UsageCounts> inRange(Map<LocalDate, UsageCounts> days, DateRange range) {
        NavigableMap<LocalDate, UsageCounts> picked = new TreeMap<>(days);
        picked.keySet().removeIf(day -> !range.contains(day));
        return picked;
    }

    /** Adds the days of a range that has a first day and are missing, the last of them today or the range's own last. */
    public static void fillUpTo(LocalDate today, Map<LocalDate, UsageCounts> days, DateRange range) {
        LocalDate last = range.end().filter(end -> end.isBefore(today)).orElse(today);
        for (LocalDate day = range.start().orElseThrow(); !day.isAfter(last); day = day.plusDays(1)) {
            days.putIfAbsent(day, UsageCounts.NONE);
        }
    }

    public static void keepNewest(NavigableMap<LocalDate, ?> days, int most) {
        while (days.size() > most) {
            days.pollFirstEntry();
        }
    }

    /** By provider, its counts on the given days. */
    public static NavigableMap<String, NavigableMap<LocalDate, UsageCounts>> byProvider(
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
