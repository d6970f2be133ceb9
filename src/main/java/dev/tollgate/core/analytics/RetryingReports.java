package dev.tollgate.core.analytics;

import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.analytics.query.ReportQuery;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * A source of reports that retries while the database has been away for a few seconds only: most outages are a restart or a
 * failover. Only few calls retry at a time, so that an outage does not hold the threads that decisions need. Thread-safe.
 */
public final class RetryingReports implements UsageReports {

    private static final long PAUSE_MILLIS = 100;

    private final UsageReports database;
    private final long patienceNanos;
    private final Semaphore permits;
    private final LongSupplier nanos;

    /** When the outage began, as the clock counts; 0 while there is none. */
    private final AtomicLong awaySince = new AtomicLong();

    /**
     * @param database what is asked
     * @param patience how old an outage is at most that is waited for
     * @param waiting how many wait at the same time; others fail at once
     * @param nanos a clock that never goes back, as {@link System#nanoTime()}
     */
    public RetryingReports(UsageReports database, Duration patience, int waiting, LongSupplier nanos) {
        this.database = database;
        this.patienceNanos = patience.toNanos();
        this.permits = new Semaphore(waiting);
        this.nanos = nanos;
    }

    @Override
    public Optional<SettledUsage> settled(String keyId, ReportQuery query) {
        try {
            return ask(keyId, query);
        } catch (DatabaseUnavailableException e) {
            if (!isYoung() || !permits.tryAcquire()) {
                throw e;
            }
        }
        try {
            return retry(keyId, query);
        } finally {
            permits.release();
        }
    }

    private Optional<SettledUsage> retry(String keyId, ReportQuery query) {
        while (true) {
            pause();
            try {
                return ask(keyId, query);
            } catch (DatabaseUnavailableException e) {
                if (!isYoung()) {
                    throw e;
                }
            }
        }
    }

    private Optional<SettledUsage> ask(String keyId, ReportQuery query) {
        try {
            Optional<SettledUsage> settled = database.settled(keyId, query);
            awaySince.set(0);
            return settled;
        } catch (DatabaseUnavailableException e) {
            awaySince.compareAndSet(0, nanos.getAsLong() | 1);
            throw e;
        }
    }

    private boolean isYoung() {
        long since = awaySince.get();
        return since == 0 || nanos.getAsLong() - since < patienceNanos;
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseUnavailableException(e);
        }
    }
}
