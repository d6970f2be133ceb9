package dev.tollgate.redis.batch;

import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.audit.AuditSink;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * An alarm for slow decisions: a line in the log and an audit event when round trips to Redis become slow, and again when they
 * are no longer slow.
 *
 * <p>Round trips are slow when at least 1 in 100 of the last minute's, and at least 5, took longer than the threshold. They are
 * normal again when fewer than 1 in 400 did, or at most one. The distance of the two bounds keeps the alarm from flapping.
 *
 * <p>{@link #check} is for one thread; {@link #isHigh} may be called by any.
 */
public final class LatencyMonitor {

    private static final Logger LOG = System.getLogger(LatencyMonitor.class.getName());
    private static final int MIN_SLOW = 5;
    private static final int HIGH_ONE_IN = 100;
    private static final int NORMAL_ONE_IN = 400;

    private final LatencyRecorder latency;
    private final Duration threshold;
    private final AuditSink audit;
    private final LongSupplier clock;
    private volatile boolean high;

    /**
     * @param latency the round trips to watch
     * @param threshold the longest duration of a round trip that is not slow; zero turns the alarm off
     * @param audit takes an event at each change
     * @param clock milliseconds since the epoch
     */
    public LatencyMonitor(LatencyRecorder latency, Duration threshold, AuditSink audit, LongSupplier clock) {
        this.latency = latency;
        this.threshold = threshold;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Checks the last minute and raises or ends the alarm.
     *
     * @param nowNanos the time of {@link System#nanoTime}
     */
    public void check(long nowNanos) {
        if (threshold.isZero()) {
            return;
        }
        SlidingHistogram.Minute minute = latency.minute(Operation.GATE, nowNanos);
        long slow = latency.countSlower(Operation.GATE, nowNanos, threshold);
        if (!high && slow >= MIN_SLOW && slow * HIGH_ONE_IN >= minute.roundTrips()) {
            high = true;
            LOG.log(
                    Level.WARNING,
                    "Redis is slow: trips={0,number,#} slow={1,number,#} p99Micros={2,number,#} thresholdMillis={3,number,#}",
                    minute.roundTrips(),
                    slow,
                    minute.p99Micros(),
                    threshold.toMillis());
            note("high", minute, slow);
        } else if (high && (slow <= 1 || slow * NORMAL_ONE_IN < minute.roundTrips())) {
            high = false;
            LOG.log(
                    Level.INFO,
                    "Redis is no longer slow: trips={0,number,#} slow={1,number,#} p99Micros={2,number,#}",
                    minute.roundTrips(),
                    slow,
                    minute.p99Micros());
            note("normal", minute, slow);
        }
    }

    private void note(String state, SlidingHistogram.Minute minute, long slow) {
        audit.note(new AuditEvent(
                AuditEvent.Type.LATENCY_HIGH,
                clock.getAsLong(),
                null,
                AuditEvent.GATE,
                Map.of(
                        "state", state,
                        "trips", Long.toString(minute.roundTrips()),
                        "slow", Long.toString(slow),
                        "p99Micros", Long.toString(minute.p99Micros()),
                        "thresholdMillis", Long.toString(threshold.toMillis()))));
    }

    /** Returns whether round trips were slow at the last check. */
    public boolean isHigh() {
        return high;
    }

    /** Returns the threshold; zero if the alarm is off. */
    public Duration threshold() {
        return threshold;
    }
}
