package dev.tollgate.core.analytics.query;

import dev.tollgate.core.usage.UsageCounts;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;

/**
 * One day's counts.
 *
 * @param date the UTC day
 * @param totalRequests successful and failed ones
 * @param successfulRequests those served
 * @param failedRequests those not served
 * @param totalFilesUploaded files stored
 * @param totalFileSize bytes stored
 */
public record Day(
        LocalDate date,
        long totalRequests,
        long successfulRequests,
        long failedRequests,
        long totalFilesUploaded,
        long totalFileSize) {

    public static Day of(LocalDate date, UsageCounts counts) {
        return new Day(
                date,
                counts.totalRequests(),
                counts.successfulRequests(),
                counts.failedRequests(),
                counts.totalFiles(),
                counts.totalBytes());
    }

    /** Returns the days, newest first. */
    public static List<Day> newestFirst(NavigableMap<LocalDate, UsageCounts> days) {
        return days.descendingMap().entrySet().stream()
                .map((Map.Entry<LocalDate, UsageCounts> day) -> of(day.getKey(), day.getValue()))
                .toList();
    }
}
