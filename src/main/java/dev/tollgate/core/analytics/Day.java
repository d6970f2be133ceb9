package dev.tollgate.core.analytics;

import dev.tollgate.core.usage.UsageCounts;
import java.time.LocalDate;
import java.util.List;
import java.util.NavigableMap;

/**
 * One day's counts.
 *
 * @param date the UTC day
 * @param totals of the day
 */
public record Day(LocalDate date, @Inlined Totals totals) {

    static Day of(LocalDate date, UsageCounts counts) {
        return new Day(date, Totals.of(counts));
    }

    /** Returns the days, newest first. */
    static List<Day> newestFirst(NavigableMap<LocalDate, UsageCounts> days) {
        return days.descendingMap().entrySet().stream()
                .map(day -> of(day.getKey(), day.getValue()))
                .toList();
    }
}
