package dev.tollgate.core.analytics;

import dev.tollgate.core.analytics.query.DailyQuery;
import dev.tollgate.core.analytics.query.Days;
import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.UsageCounts;
import java.time.LocalDate;
import java.util.List;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/**
 * A key's usage day by day.
 *
 * @param days newest first: every day of the range up to today where all are asked for, else days with usage, and today if it is
 *     in range
 * @param totals of the days listed
 * @param period what was asked for
 * @param meta how the answer came about
 */
public record DailyReport(List<Day> days, Totals totals, Period period, ReportMeta meta) {

    /**
     * Which days a report is about.
     *
     * @param startDate the first day asked for, or else the oldest listed; null if there is none
     * @param endDate the last day asked for, or else the newest listed; null if there is none
     * @param limit how many days are listed at most
     * @param truncated whether older days are left out because of the limit; totals are without them
     */
    public record Period(
            @Nullable LocalDate startDate, @Nullable LocalDate endDate, int limit, boolean truncated) {}

    static DailyReport of(DailyQuery query, KeyUsage usage, LocalDate today, ReportMeta meta) {
        NavigableMap<LocalDate, UsageCounts> days = Days.inRange(usage.days(), query.range());
        if (query.range().contains(today)) {
            days.putIfAbsent(today, UsageCounts.NONE);
        }
        if (query.wantsEveryDay()) {
            Days.fillUpTo(today, days, query.range());
        }
        boolean truncated = days.size() > query.limit();
        Days.keepNewest(days, query.limit());
        Period period = new Period(
                query.range().start().orElse(days.isEmpty() ? null : days.firstKey()),
                query.range().end().orElse(days.isEmpty() ? null : days.lastKey()),
                query.limit(),
                truncated);
        return new DailyReport(Day.newestFirst(days), Totals.of(days.values()), period, meta);
    }
}
