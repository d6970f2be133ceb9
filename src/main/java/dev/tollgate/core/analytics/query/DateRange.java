package dev.tollgate.core.analytics.query;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A range of UTC days, open at either end.
 *
 * @param start the first day; empty for the beginning
 * @param end the last day, itself included; empty for the present
 */
public record DateRange(Optional<LocalDate> start, Optional<LocalDate> end) {

    /** How many days a range may hold. */
    public static final int MAX_DAYS = 366;

    /** Every day. */
    public static final DateRange ALL = new DateRange(Optional.empty(), Optional.empty());

    public DateRange {
        if (start.isPresent() && end.isPresent() && start.get().isAfter(end.get())) {
            throw new BadQueryException("startDate", "startDate must not be after endDate.");
        }
    }

    /**
     * Reads a range; a start without an end reaches to the present.
     *
     * @param startDate as sent; null if not
     * @param endDate as sent; null if not
     * @param today the present UTC day
     * @throws BadQueryException naming the parameter that is bad
     */
    static DateRange parse(@Nullable String startDate, @Nullable String endDate, LocalDate today) {
        DateRange range =
                new DateRange(ReportParameters.date("startDate", startDate), ReportParameters.date("endDate", endDate));
        if (range.start.isPresent()
                && ChronoUnit.DAYS.between(range.start.get(), range.end.orElse(today)) >= MAX_DAYS) {
            throw new BadQueryException("startDate", "startDate and endDate may span at most " + MAX_DAYS + " days.");
        }
        return range;
    }

    /** Returns whether the day is in the range. */
    public boolean contains(LocalDate day) {
        return !(start.isPresent() && day.isBefore(start.get())) && !(end.isPresent() && day.isAfter(end.get()));
    }

    /** Returns whether either end is given. */
    public boolean isBounded() {
        return start.isPresent() || end.isPresent();
    }

    /** Returns the range as part of a cache key: {@code 2026-11-01:none}. */
    String name() {
        return start.map(LocalDate::toString).orElse("none") + ":"
                + end.map(LocalDate::toString).orElse("none");
    }
}
