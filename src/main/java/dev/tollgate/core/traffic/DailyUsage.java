package dev.tollgate.core.traffic;

import java.math.BigInteger;
import java.time.LocalDate;
import java.util.List;

/** Settled usage of all keys together, day by day: PostgreSQL. Thread-safe; blocks, and fails if it cannot be reached. */
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

    /** Every day from the first to the last, oldest first, those without usage too. */
    List<Day> between(LocalDate first, LocalDate last);
}
