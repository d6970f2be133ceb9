package dev.tollgate.redis.decision;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * A count of values deleted from Redis because they could not be read. The first one is logged, and the next one after ten
 * minutes without any. Thread-safe.
 */
public final class RepairLog {

    private static final Logger LOG = System.getLogger(RepairLog.class.getName());
    private static final long QUIET_MILLIS = 600_000;

    /** A value that a decision reads. */
    enum Part {
        PERMANENT_BAN,
        BAN,
        WINDOW,
        MONTH,
        VIOLATIONS;

        private final String label = name().toLowerCase(java.util.Locale.ROOT);
    }

    private final Map<Part, LongAdder> counts = new LinkedHashMap<>();
    private final LongSupplier clock;
    private long last;
    private boolean reported;

    /** @param clock milliseconds since the epoch */
    public RepairLog(LongSupplier clock) {
        this.clock = clock;
        for (Part part : Part.values()) {
            counts.put(part, new LongAdder());
        }
    }

    /** Counts a deleted value. */
    synchronized void count(Part part, String caller) {
        Objects.requireNonNull(counts.get(part)).increment();
        long now = clock.getAsLong();
        if (!reported || now - last > QUIET_MILLIS) {
            LOG.log(
                    Level.WARNING,
                    "a value of {0} in Redis ({1}) could not be read and was deleted; further ones are counted"
                            + " (docs/operations.md, Somebody else writes to Redis)",
                    caller,
                    part.label);
        }
        reported = true;
        last = now;
    }

    /** Returns the number of deleted values since the start, by part, in lower case. */
    public Map<String, Long> counts() {
        Map<String, Long> sums = new LinkedHashMap<>();
        counts.forEach((part, count) -> sums.put(part.label, count.sum()));
        return sums;
    }
}
