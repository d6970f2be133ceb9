package dev.tollgate.redis.batch;

import dev.tollgate.core.stats.Histogram;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * How long trips to Redis take, by purpose: a histogram since the start, and the last minute. A flight counts once for each
 * purpose that has a call in it. Thread-safe.
 */
public final class Latency {

    private final Map<Purpose, Histogram> histograms = new EnumMap<>(Purpose.class);
    private final Map<Purpose, RoundTrips> minutes = new EnumMap<>(Purpose.class);

    /** With nothing recorded. */
    public Latency() {
        for (Purpose purpose : Purpose.values()) {
            histograms.put(purpose, Histogram.ofNanos());
            minutes.put(purpose, new RoundTrips());
        }
    }

    /**
     * Notes a trip.
     *
     * @param nowNanos the present as {@link System#nanoTime} has it
     * @param tookNanos how long it took
     * @param requestId of a request it was made for; null for none
     */
    public void record(Purpose purpose, long nowNanos, long tookNanos, String requestId) {
        minutes.get(purpose).record(nowNanos, tookNanos);
        histograms.get(purpose).record(tookNanos, requestId, requestId == null ? 0 : System.currentTimeMillis());
    }

    /** Forgets the last minute; what was counted since the start stays. */
    void forgetLastMinute() {
        minutes.values().forEach(RoundTrips::forget);
    }

    /** All trips since the start, in nanoseconds. */
    public Histogram.Snapshot since(Purpose purpose) {
        return histograms.get(purpose).snapshot();
    }

    /** The trips of the last minute. */
    public RoundTrips.Minute lastMinute(Purpose purpose) {
        return minute(purpose, System.nanoTime());
    }

    RoundTrips.Minute minute(Purpose purpose, long nowNanos) {
        return minutes.get(purpose).lastMinute(nowNanos);
    }

    long slower(Purpose purpose, long nowNanos, Duration than) {
        return minutes.get(purpose).slower(nowNanos, than.toNanos() / 1_000);
    }
}
