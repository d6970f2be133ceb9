package dev.tollgate.redis.batch;

import dev.tollgate.core.stats.Histogram;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * How long trips to Redis take, by purpose: a histogram since the start, and the last minute. A flight counts once for each
 * purpose that has a call in it. Thread-safe.
 */
public final class LatencyRecorder {

    private final Map<Operation, Histogram> histograms = new EnumMap<>(Operation.class);
    private final Map<Operation, SlidingHistogram> minutes = new EnumMap<>(Operation.class);

    /** With nothing recorded. */
    public LatencyRecorder() {
        for (Operation operation : Operation.values()) {
            histograms.put(operation, Histogram.ofNanos());
            minutes.put(operation, new SlidingHistogram());
        }
    }

    /**
     * Notes a trip.
     *
     * @param nowNanos the present as {@link System#nanoTime} has it
     * @param tookNanos how long it took
     * @param requestId of a request it was made for; null for none
     */
    public void record(Operation operation, long nowNanos, long tookNanos, String requestId) {
        minutes.get(operation).record(nowNanos, tookNanos);
        histograms.get(operation).record(tookNanos, requestId, requestId == null ? 0 : System.currentTimeMillis());
    }

    /** Forgets the last minute; what was counted since the start stays. */
    void resetLastMinute() {
        minutes.values().forEach(SlidingHistogram::reset);
    }

    /** All trips since the start, in nanoseconds. */
    public Histogram.Snapshot total(Operation operation) {
        return histograms.get(operation).snapshot();
    }

    /** The trips of the last minute. */
    public SlidingHistogram.Minute lastMinute(Operation operation) {
        return minute(operation, System.nanoTime());
    }

    SlidingHistogram.Minute minute(Operation operation, long nowNanos) {
        return minutes.get(operation).lastMinute(nowNanos);
    }

    long countSlower(Operation operation, long nowNanos, Duration than) {
        return minutes.get(operation).countSlower(nowNanos, than.toNanos() / 1_000);
    }
}
