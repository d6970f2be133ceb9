package dev.tollgate.redis.batch;

import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.audit.AuditSink;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Tells when decisions' round trips to Redis have become slow, and when they no longer are: one line in the log and one row in
 * the audit trail each time, however long it lasts.
 *
 * <p>Slow is: of the last minute's trips at least one in a hundred, and at least five, took longer than the threshold. It is
 * over when fewer than one in four hundred did, or a single one: the two bounds lie apart so that it does not flicker.
 * Not thread-safe but for {@link #isHigh}: one thread looks.
 */
public final class LatencyMonitor {

    private static final Logger LOG = System.getLogger(LatencyMonitor.class.getName());
    private static final int FEWEST = 5;
    private static final int ONE_IN = 100;
    private static final int OVER_ONE_IN = 400;

    private final LatencyRecorder latency;
    private final Duration threshold;
    private final AuditSink audit;
    private final LongSupplier clock;
    private volatile boolean high;

    /**
     * @param latency what is watched
     * @param threshold the longest a trip may take without being slow; zero for no alarm
     * @param audit where crossings are noted
     * @param clock milliseconds since the epoch
     */
    public LatencyMonitor(LatencyRecorder latency, Duration threshold, AuditSink audit, LongSupplier clock) {
        this.latency = latency;
        this.threshold = threshold;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Looks at the last minute.
     *
     * @param nowNanos the present as {@link System#nanoTime} has it
     */
    public void check(long nowNanos) {
        if (threshold.isZero()) {
            return;
        }
        SlidingHistogram.Minute minute = latency.minute(Operation.GATE, nowNanos);
        long slow = latency.countSlower(Operation.GATE, nowNanos, threshold);
        if (!high && slow >= FEWEST && slow * ONE_IN >= minute.roundTrips()) {
            high = true;
            LOG.log(
                    Level.WARNING,
                    "Redis is slow: trips={0,number,#} slow={1,number,#} p99Micros={2,number,#} thresholdMillis={3,number,#}",
                    minute.roundTrips(),
                    slow,
                    minute.p99Micros(),
                    threshold.toMillis());
            note("high", minute, slow);
        } else if (high && (slow <= 1 || slow * OVER_ONE_IN < minute.roundTrips())) {
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

    /** Whether trips were slow at the last look. */
    public boolean isHigh() {
        return high;
    }

    /** The threshold; zero for no alarm. */
    public Duration threshold() {
        return threshold;
    }
}
