package dev.tollgate.gate;

import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.core.limit.WritesRefusedException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What the gate knows of its store's health: the circuit breaker, and whether the store refuses to write. Logs each change of
 * state once. Thread-safe.
 */
final class StoreHealth {

    private static final Logger LOG = System.getLogger(Gate.class.getName());

    private final CircuitBreaker breaker;
    private final FailureMode usualMode;
    private final AtomicBoolean writesRefused = new AtomicBoolean();

    /**
     * @param usualMode what answers for an unavailable store if a route does not say otherwise, for the log
     */
    StoreHealth(CircuitBreaker breaker, FailureMode usualMode) {
        this.breaker = breaker;
        this.usualMode = usualMode;
    }

    /** Whether the store may be asked now. */
    boolean tryAcquirePermission() {
        return breaker.tryAcquirePermission(now());
    }

    CircuitBreaker.State state() {
        return breaker.state();
    }

    /** The store answered. */
    void onAnswer() {
        if (breaker.onSuccess()) {
            LOG.log(Level.INFO, "Redis answers again; limits are enforced by it from now on");
        }
    }

    /** The store did not answer. */
    void onUnavailable(StoreUnavailableException e) {
        if (breaker.onError(now())) {
            LOG.log(
                    Level.WARNING,
                    "Redis does not answer ({0}); until it does, {1}",
                    e.getMessage(),
                    usualMode.description());
        }
    }

    /** The store answered that it does not write. Its bans still hold and asking costs little, so it is asked on. */
    void onWritesRefused(WritesRefusedException e) {
        breaker.onSuccess();
        if (writesRefused.compareAndSet(false, true)) {
            LOG.log(
                    Level.WARNING,
                    "Redis refuses to write ({0}); for requests that it would admit, {1}",
                    e.getMessage(),
                    usualMode.description());
        }
    }

    /** The store answered in a way that it cannot without writing. */
    void onWrite() {
        if (writesRefused.get() && writesRefused.compareAndSet(true, false)) {
            LOG.log(Level.INFO, "Redis writes again; limits are enforced by it from now on");
        }
    }

    /** Whether the store refused when it was last asked to write: it is full, or a read-only replica. */
    boolean refusesWrites() {
        return writesRefused.get();
    }

    private static long now() {
        return System.nanoTime() / 1_000_000;
    }
}
