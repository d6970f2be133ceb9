package dev.tollgate.core.limit;

import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;

/**
 * A calendar month in UTC, the span of a monthly quota.
 *
 * @param month the month
 * @param startMillis its first millisecond
 * @param endMillis the first millisecond after it
 */
public record BillingMonth(YearMonth month, long startMillis, long endMillis) {

    /** The one asked for last, since nearly all ask for the present one, once a request. Immutable: a race costs nothing. */
    private static volatile BillingMonth last = of(YearMonth.of(1970, 1));

    /** Returns the month that holds the given instant, in milliseconds since the epoch. */
    public static BillingMonth at(long epochMillis) {
        BillingMonth known = last;
        if (known.contains(epochMillis)) {
            return known;
        }
        BillingMonth month = of(YearMonth.from(Instant.ofEpochMilli(epochMillis).atOffset(ZoneOffset.UTC)));
        last = month;
        return month;
    }

    /** Returns the given month. */
    public static BillingMonth of(YearMonth month) {
        return new BillingMonth(month, startOf(month), startOf(month.plusMonths(1)));
    }

    private static long startOf(YearMonth month) {
        return month.atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
    }

    /** Returns whether the instant lies in this month. */
    public boolean contains(long epochMillis) {
        return epochMillis >= startMillis && epochMillis < endMillis;
    }

    /** Returns the month's length in seconds: what the {@code RateLimit-Policy} field calls the window. */
    public long lengthSeconds() {
        return (endMillis - startMillis) / 1000;
    }

    /** Returns the month as Redis keys and tables write it, e.g. {@code 2026-11}. */
    @Override
    public String toString() {
        return month.toString();
    }
}
