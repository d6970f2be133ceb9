package dev.tollgate.rest.admin.usage;

import dev.tollgate.core.analytics.grouped.GroupedUsage.Result;
import dev.tollgate.core.analytics.grouped.GroupedUsage.Row;
import dev.tollgate.core.analytics.grouped.GroupedUsage.Sums;
import dev.tollgate.core.analytics.grouped.GroupedUsageQuery;
import dev.tollgate.core.paging.PageRequest;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The usage of all accounts, summed by groups.
 *
 * @param items the groups of this page
 * @param page the page, 1 being the first
 * @param size how many groups a page holds
 * @param total how many groups all pages hold together
 * @param totals the sums of all groups, on whatever page
 * @param period the days that are summed
 * @param meta where the numbers come from
 */
public record UsageReport(List<Row> items, int page, int size, long total, Sums totals, Period period, Meta meta) {

    /**
     * The days of a report.
     *
     * @param from the first UTC day
     * @param to the last UTC day, itself included
     */
    public record Period(LocalDate from, LocalDate to) {}

    /**
     * Where a report's numbers come from.
     *
     * @param generatedAt when the report was made
     * @param pendingIncluded whether usage that is not settled yet is in it; always false
     * @param lastSettledAt when the last batch was settled that is in it; null if there is none
     */
    public record Meta(
            Instant generatedAt,
            boolean pendingIncluded,
            @Nullable Instant lastSettledAt) {}

    static UsageReport of(GroupedUsageQuery query, PageRequest page, Result result, Instant now) {
        return new UsageReport(
                result.rows(),
                page.page(),
                page.size(),
                result.groups(),
                result.totals(),
                new Period(query.from(), query.to()),
                new Meta(now, false, result.lastSettledAt().orElse(null)));
    }
}
