package dev.tollgate.gate;

import dev.tollgate.core.analytics.ReportCache;
import dev.tollgate.core.analytics.SettledUsage;
import dev.tollgate.core.analytics.query.ReportQuery;
import dev.tollgate.core.async.Failures;
import dev.tollgate.core.limit.UnreadableStateException;
import dev.tollgate.core.usage.PendingSnapshot;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A report cache behind a circuit breaker of its own. While Redis is unavailable, readers of reports are told so at once
 * instead of waiting. The gate has another breaker, since decisions and reports use different batchers. Thread-safe.
 */
public final class CircuitBreakingReportCache implements ReportCache {

    private static final Logger LOG = System.getLogger(CircuitBreakingReportCache.class.getName());

    private final ReportCache cache;
    private final CircuitBreaker breaker;
    private final LongSupplier clock;

    /** Redis was not asked. */
    private static final class TurnedAwayException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TurnedAwayException() {
            super("Redis did not answer a moment ago", null, false, false);
        }
    }

    /**
     * @param cache what is asked; its stages fail in time by themselves
     * @param breaker when it is not
     * @param clock milliseconds on any steady clock
     */
    public CircuitBreakingReportCache(ReportCache cache, CircuitBreaker breaker, LongSupplier clock) {
        this.cache = cache;
        this.breaker = breaker;
        this.clock = clock;
    }

    @Override
    public CompletionStage<Snapshot> read(String keyId, ReportQuery query) {
        return through(() -> cache.read(keyId, query));
    }

    @Override
    public CompletionStage<PendingSnapshot> fill(String keyId, ReportQuery query, SettledUsage settled) {
        return through(() -> cache.fill(keyId, query, settled));
    }

    @Override
    public CompletionStage<PendingSnapshot> unsettled(String keyId) {
        return through(() -> cache.unsettled(keyId));
    }

    /** Redis answered that what it holds of one key cannot be read, which says nothing about others. */
    private static boolean isOfOneKey(Throwable failure) {
        return Failures.unwrap(failure) instanceof UnreadableStateException;
    }

    private <T> CompletionStage<T> through(Supplier<CompletionStage<T>> question) {
        if (!breaker.tryAcquirePermission(clock.getAsLong())) {
            return CompletableFuture.failedFuture(new TurnedAwayException());
        }
        return question.get().whenComplete((answer, failure) -> {
            if (failure == null || isOfOneKey(failure)) {
                if (breaker.onSuccess()) {
                    LOG.log(Level.INFO, "Redis answers reports again");
                }
            } else if (breaker.onError(clock.getAsLong())) {
                LOG.log(
                        Level.WARNING,
                        "Redis does not answer reports ({0}); they come from the database alone until it does",
                        Failures.reason(failure));
            }
        });
    }
}
