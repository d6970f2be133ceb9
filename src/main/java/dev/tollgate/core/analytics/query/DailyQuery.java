package dev.tollgate.core.analytics.query;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * A query for a key's usage day by day, newest first. A first day with {@value #MAX_LIMIT} as limit, which is also what a first
 * day without a limit means, asks for every day of the range. Any other query asks for days with usage.
 *
 * @param range which days
 * @param limit how many days at most, 1 to {@value #MAX_LIMIT}
 */
public record DailyQuery(DateRange range, int limit) implements ReportQuery {

    /** Days shown where neither a limit nor a first day is given. */
    public static final int DEFAULT_LIMIT = 30;

    /** Days shown at most: all that a range may hold. */
    public static final int MAX_LIMIT = DateRange.MAX_DAYS;

    public DailyQuery {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new BadQueryException("limit", "limit must be a whole number from 1 to " + MAX_LIMIT + ".");
        }
    }

    /**
     * Reads a query; parameters are as sent, null if not.
     *
     * @param today the present UTC day
     * @throws BadQueryException naming the parameter that is bad
     */
    public static DailyQuery parse(
            @Nullable String startDate, @Nullable String endDate, @Nullable String limit, LocalDate today) {
        DateRange range = DateRange.parse(startDate, endDate, today);
        int unlessGiven = range.start().isPresent() ? MAX_LIMIT : DEFAULT_LIMIT;
        return new DailyQuery(
                range, limit == null ? unlessGiven : ReportParameters.wholeNumber("limit", limit, MAX_LIMIT));
    }

    /** Returns whether every day of the range is asked for, also days without usage. */
    public boolean wantsEveryDay() {
        return range.start().isPresent() && limit == MAX_LIMIT;
    }

    /** Returns how many of the newest settled days are read: one more than are shown, to know whether any is left out. */
    public int settledDays() {
        return limit + 1;
    }

    /**
     * {@inheritDoc}
     *
     * <p>Releases whose limit was at most 90 took a first day without a limit for {@value #DEFAULT_LIMIT} days. They share no name
     * with this one's {@value #MAX_LIMIT}.
     */
    @Override
    public String cacheName(String keyId) {
        return "analytics:daily:{" + keyId + "}:" + range.name() + ":" + limit;
    }
}
