package dev.tollgate.core.traffic;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A value that is costly to compute, kept and refreshed in the background at most once per interval, also when the
 * computation fails. Readers get the value there is at once. Only the first reader waits, for a second at most.
 * Thread-safe.
 *
 * @param <T> the answer's type
 */
public final class RefreshingValue<T> {

    private static final long FIRST_MILLIS = 1_000;

    private final Supplier<T> question;
    private final long forMillis;
    private final LongSupplier clock;
    private final Executor executor;
    private final CountDownLatch first = new CountDownLatch(1);
    private volatile Optional<T> answer = Optional.empty();
    private long askedAt = Long.MIN_VALUE;
    private boolean asking;

    /**
     * @param question may block and fail
     * @param forMillis how long an answer is good
     * @param clock milliseconds on any clock
     * @param executor where the question is asked
     */
    public RefreshingValue(Supplier<T> question, long forMillis, LongSupplier clock, Executor executor) {
        this.question = question;
        this.forMillis = forMillis;
        this.clock = clock;
        this.executor = executor;
    }

    /** Returns the answer; empty if there is none yet, or it could not be had the last time. */
    public Optional<T> get() {
        if (mayAsk()) {
            try {
                executor.execute(this::ask);
            } catch (RuntimeException e) {
                // The executor is full or closing: the value is not refreshed this time.
                done(Optional.empty());
            }
        }
        try {
            first.await(FIRST_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return answer;
    }

    private void ask() {
        Optional<T> had = Optional.empty();
        try {
            had = Optional.of(question.get());
        } catch (RuntimeException e) {
            // The answer stays empty.
        } finally {
            done(had);
        }
    }

    private synchronized boolean mayAsk() {
        if (asking || (askedAt != Long.MIN_VALUE && clock.getAsLong() - askedAt < forMillis)) {
            return false;
        }
        asking = true;
        return true;
    }

    private synchronized void done(Optional<T> had) {
        answer = had;
        asking = false;
        askedAt = clock.getAsLong();
        first.countDown();
    }
}
