package dev.tollgate.core.traffic;

import java.math.BigInteger;
import java.time.LocalDate;
import java.util.List;

/**
 * A port to the settled usage of all keys together, day by day, in PostgreSQL. Methods block, and fail if the database
 * cannot be reached. Thread-safe.
 */
public interface DailyUsage {

    /**
     * A day's sums. Usage comes here with the next settlement, a few seconds after the request.
     *
     * @param date in UTC
     * @param totalRequests metered requests
     * @param failedRequests of them, those that failed
     * @param totalFilesUploaded files stored
     * @param totalFileSize their bytes
     */
    record Day(
            LocalDate date,
            BigInteger totalRequests,
            BigInteger failedRequests,
            BigInteger totalFilesUploaded,
            BigInteger totalFileSize) {}

    /** Returns every day from the first to the last, oldest first, those without usage too. */
    List<Day> between(LocalDate first, LocalDate last);
}
