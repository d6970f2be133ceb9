/**
 * Settled usage for readers: reports, daily sums, account totals, and the peaks of callers.
 *
 * <p>Begin with {@link dev.tollgate.postgres.report.JpaUsageReports}. Known limitation: usage of the last seconds is still in
 * Redis and not in these tables.
 */
@NullMarked
package dev.tollgate.postgres.report;

import org.jspecify.annotations.NullMarked;
