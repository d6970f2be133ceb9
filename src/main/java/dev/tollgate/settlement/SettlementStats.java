package dev.tollgate.settlement;

import dev.tollgate.core.stats.Histogram;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** Counts of this node's settlements since the start. One thread at a time writes; any may read. */
public final class SettlementStats {

    private final Histogram durations = Histogram.ofNanos();
    private final LongAdder failures = new LongAdder();
    private final LongAdder lockedOut = new LongAdder();
    private final LongAdder keys = new LongAdder();
    private final LongAdder requests = new LongAdder();
    private final LongAdder setAside = new LongAdder();
    private final LongAdder repeated = new LongAdder();
    private volatile long lastNanos;
    private volatile Duration last = Duration.ZERO;

    /** Records a pass that ended. */
    void record(Settlement.SettlementResult pass, long nowNanos, long tookNanos) {
        durations.record(tookNanos);
        if (!pass.ran()) {
            lockedOut.increment();
        }
        keys.add(pass.keys());
        requests.add(pass.requests());
        setAside.add(pass.setAside());
        repeated.add(pass.repeated());
        last = Duration.ofNanos(tookNanos);
        lastNanos = nowNanos;
    }

    /** Records a pass that failed. */
    void recordFailure(long tookNanos) {
        durations.record(tookNanos);
        failures.increment();
    }

    /** Returns the durations of passes in nanoseconds, failed ones included. */
    public Histogram.Snapshot durations() {
        return durations.snapshot();
    }

    /** Returns the number of failed passes. */
    public long failures() {
        return failures.sum();
    }

    /** Returns the number of passes that ended because another node held the lock. */
    public long lockedOut() {
        return lockedOut.sum();
    }

    /** Returns the number of keys settled, once per pass and key. */
    public long keys() {
        return keys.sum();
    }

    /** Returns the number of requests settled. */
    public long requests() {
        return requests.sum();
    }

    /** Returns the number of keys whose usage was quarantined. */
    public long setAside() {
        return setAside.sum();
    }

    /** Returns the number of claims that an earlier pass had applied already. */
    public long repeated() {
        return repeated.sum();
    }

    /** Returns the duration of the last successful pass; zero before the first. */
    public Duration last() {
        return last;
    }

    /** Returns the seconds since the end of the last successful pass; NaN before the first. */
    public double secondsSince(long nowNanos) {
        long endedAt = lastNanos;
        return endedAt == 0 ? Double.NaN : (nowNanos - endedAt) / 1e9;
    }
}
