package dev.tollgate.gate;

import java.time.Duration;

/**
 * A circuit breaker, so that an unavailable Redis does not cost each request its budget.
 *
 * <p>After a few failures in a row it opens and rejects requests at once. Then it lets single probes through until one
 * succeeds. The pause between probes doubles up to a bound. The three states are those of M. Nygard, "Release It!" (2007).
 * Time is an argument, in milliseconds on any steady clock. Thread-safe.
 */
public final class CircuitBreaker {

    /** The state of a circuit breaker. */
    public enum State {
        /** Calls go through. */
        CLOSED,
        /** Calls are turned away. */
        OPEN,
        /** One probe is on its way; other calls are turned away. */
        HALF_OPEN
    }

    private final int threshold;
    private final long spacing;
    private final long firstPause;
    private final long longestPause;
    private volatile State state = State.CLOSED;
    private int failures;
    private long countedAt;
    private long pause;
    private long probeAt;

    /**
     * @param threshold failures in a row that open it
     * @param spacing milliseconds within which failures count as one: a single stall fails every request under way at once,
     *     and is no reason to stop asking
     * @param firstPause milliseconds until the first probe
     * @param longestPause the pause's bound
     */
    public CircuitBreaker(int threshold, long spacing, long firstPause, long longestPause) {
        this.threshold = threshold;
        this.spacing = spacing;
        this.firstPause = firstPause;
        this.longestPause = longestPause;
        this.pause = firstPause;
    }

    /**
     * One between requests and Redis: four stalls in a row open it, and it probes after a quarter of a second first and every
     * two seconds at last.
     *
     * @param budget the longest a request waits for Redis
     */
    public static CircuitBreaker beforeRedis(Duration budget) {
        return new CircuitBreaker(4, budget.toMillis(), 250, 2_000);
    }

    /** Returns whether a call may be made now. If so, the caller must report {@link #onSuccess} or {@link #onError}. */
    public boolean tryAcquirePermission(long now) {
        return state == State.CLOSED || tryAcquireProbe(now);
    }

    private synchronized boolean tryAcquireProbe(long now) {
        if (state == State.CLOSED) {
            return true;
        }
        // A probe may never report its outcome. So the next one is permitted after another pause.
        if (now >= probeAt) {
            state = State.HALF_OPEN;
            probeAt = now + pause;
            return true;
        }
        return false;
    }

    /** A call succeeded: closes at once. Returns whether it was not closed before. */
    public boolean onSuccess() {
        // Read without the lock, because every request comes here. The next success corrects a stale value.
        return (state != State.CLOSED || failures != 0) && close();
    }

    private synchronized boolean close() {
        boolean closes = state != State.CLOSED;
        state = State.CLOSED;
        failures = 0;
        pause = firstPause;
        return closes;
    }

    /** A call failed. Returns whether this one opened the breaker. */
    public synchronized boolean onError(long now) {
        if (state == State.HALF_OPEN) {
            state = State.OPEN;
            pause = Math.min(longestPause, pause * 2);
            probeAt = now + pause;
            return false;
        }
        if (failures > 0 && now - countedAt < spacing) {
            return false;
        }
        failures++;
        countedAt = now;
        if (state == State.CLOSED && failures >= threshold) {
            state = State.OPEN;
            probeAt = now + pause;
            return true;
        }
        return false;
    }

    /** Returns the present state. */
    public State state() {
        return state;
    }
}
