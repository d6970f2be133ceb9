package dev.tollgate.core.analytics.query;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * A query for a key's usage day by day, newest first.
 *
 * @param range which days
 * @param limit how many days at most, 1 to {@value #MAX_LIMIT}
 */
public record DailyQuery(DateRange range, int limit) implements ReportQuery {

    /** Days shown unless the caller says otherwise. */
    public static final int DEFAULT_LIMIT = 30;

    /** Days shown at most. */
    public static final int MAX_LIMIT = 90;

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
        return new DailyQuery(
                DateRange.parse(startDate, endDate, today),
                limit == null ? DEFAULT_LIMIT : ReportParameters.wholeNumber("limit", limit, MAX_LIMIT));
    }

    @Override
    public String cacheName(String keyId) {
        return "analytics:daily:{" + keyId + "}:" + range.name() + ":" + limit;
    }
}
