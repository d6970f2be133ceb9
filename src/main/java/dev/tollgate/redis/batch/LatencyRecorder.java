package dev.tollgate.redis.batch;

import dev.tollgate.core.stats.Histogram;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The durations of round trips to Redis, by operation: a histogram since the start and one of the last minute. A batch counts
 * once for each operation that it has a call of. Thread-safe.
 */
public final class LatencyRecorder {

    private final Map<Operation, Histogram> histograms = new EnumMap<>(Operation.class);
    private final Map<Operation, SlidingHistogram> minutes = new EnumMap<>(Operation.class);

    /** Creates a recorder with nothing recorded. */
    public LatencyRecorder() {
        for (Operation operation : Operation.values()) {
            histograms.put(operation, Histogram.ofNanos());
            minutes.put(operation, new SlidingHistogram());
        }
    }

    /**
     * Records a round trip.
     *
     * @param nowNanos the time of {@link System#nanoTime}
     * @param tookNanos the duration in nanoseconds
     * @param requestId the ID of a request it was made for; null for none
     */
    public void record(Operation operation, long nowNanos, long tookNanos, @Nullable String requestId) {
        minutes(operation).record(nowNanos, tookNanos);
        histogram(operation).record(tookNanos, requestId, requestId == null ? 0 : System.currentTimeMillis());
    }

    private Histogram histogram(Operation operation) {
        return Objects.requireNonNull(histograms.get(operation));
    }

    private SlidingHistogram minutes(Operation operation) {
        return Objects.requireNonNull(minutes.get(operation));
    }

    /** Forgets the last minute, but not the histogram since the start. */
    void resetLastMinute() {
        minutes.values().forEach(SlidingHistogram::reset);
    }

    /** Returns all round trips since the start, in nanoseconds. */
    public Histogram.Snapshot total(Operation operation) {
        return histogram(operation).snapshot();
    }

    /** Returns the round trips of the last minute. */
    public SlidingHistogram.Minute lastMinute(Operation operation) {
        return minute(operation, System.nanoTime());
    }

    SlidingHistogram.Minute minute(Operation operation, long nowNanos) {
        return minutes(operation).lastMinute(nowNanos);
    }

    long countSlower(Operation operation, long nowNanos, Duration than) {
        return minutes(operation).countSlower(nowNanos, than.toNanos() / 1_000);
    }
}
