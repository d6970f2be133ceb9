package dev.tollgate.core.traffic;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A value that is costly to compute, kept and refreshed in the background at most once per interval, also when the
 * computation fails. While there are readers, they get the value there is at once. A reader after a rest, when the value is
 * older than an interval and a second, waits for a new one, for a second at most. Thread-safe.
 *
 * @param <T> the answer's type
 */
public final class RefreshingValue<T> {

    private static final long WAIT_MILLIS = 1_000;

    private final Supplier<T> question;
    private final long forMillis;
    private final LongSupplier clock;
    private final Executor executor;
    private Optional<T> answer = Optional.empty();
    private @Nullable CompletableFuture<Optional<T>> asking;
    private boolean answered;
    private long askedAt;

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

    /** Returns the answer; empty if there is none yet, if it could not be had the last time, or if a new one takes too long. */
    public Optional<T> get() {
        CompletableFuture<Optional<T>> fresh;
        CompletableFuture<Optional<T>> begun = null;
        synchronized (this) {
            long age = clock.getAsLong() - askedAt;
            if (asking == null && (!answered || age < 0 || age >= forMillis)) {
                asking = new CompletableFuture<>();
                begun = asking;
            }
            if (asking == null || (answered && age >= 0 && age < forMillis + WAIT_MILLIS)) {
                fresh = CompletableFuture.completedFuture(answer);
            } else {
                fresh = asking;
            }
        }
        if (begun != null) {
            ask(begun);
        }
        return await(fresh);
    }

    private void ask(CompletableFuture<Optional<T>> asked) {
        try {
            executor.execute(() -> finish(asked, compute()));
        } catch (RuntimeException e) {
            // The executor is full or closing: the value is not refreshed this time.
            finish(asked, Optional.empty());
        }
    }

    private Optional<T> compute() {
        try {
            return Optional.of(question.get());
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }

    private void finish(CompletableFuture<Optional<T>> asked, Optional<T> had) {
        synchronized (this) {
            answer = had;
            answered = true;
            asking = null;
            askedAt = clock.getAsLong();
        }
        asked.complete(had);
    }

    private Optional<T> await(CompletableFuture<Optional<T>> fresh) {
        try {
            return fresh.get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty();
        }
    }
}
