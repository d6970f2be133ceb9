package dev.tollgate.settlement;

import dev.tollgate.core.stats.Histogram;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** What this node's settlements did since the start. Written by one thread at a time, read by any. */
public final class SettlementStats {

    private final Histogram durations = Histogram.ofNanos();
    private final LongAdder recordFailure = new LongAdder();
    private final LongAdder lockedOut = new LongAdder();
    private final LongAdder keys = new LongAdder();
    private final LongAdder requests = new LongAdder();
    private final LongAdder setAside = new LongAdder();
    private final LongAdder repeated = new LongAdder();
    private volatile long lastNanos;
    private volatile Duration last = Duration.ZERO;

    /** A pass ended. */
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

    /** A pass failed. */
    void recordFailure(long tookNanos) {
        durations.record(tookNanos);
        recordFailure.increment();
    }

    /** How long passes took, in nanoseconds, those that failed among them. */
    public Histogram.Snapshot durations() {
        return durations.snapshot();
    }

    /** Passes that failed. */
    public long failures() {
        return recordFailure.sum();
    }

    /** Passes that another node's kept out. */
    public long lockedOut() {
        return lockedOut.sum();
    }

    /** Keys whose counts were added, once per pass and key. */
    public long keys() {
        return keys.sum();
    }

    /** Requests added to settled counts. */
    public long requests() {
        return requests.sum();
    }

    /** Keys whose usage was set aside. */
    public long setAside() {
        return setAside.sum();
    }

    /** Claims found that a dead pass had applied already. */
    public long repeated() {
        return repeated.sum();
    }

    /** How long the last pass that did not fail took; zero before the first. */
    public Duration last() {
        return last;
    }

    /** How long ago the last pass that did not fail ended, in seconds; NaN before the first. */
    public double secondsSince(long nowNanos) {
        long ended = lastNanos;
        return ended == 0 ? Double.NaN : (nowNanos - ended) / 1e9;
    }
}
