package dev.tollgate.redis.decision;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * What was taken out of Redis because it could not be read, by what it was. Says so once, and again after ten quiet minutes.
 * Thread-safe.
 */
public final class RepairLog {

    private static final Logger LOG = System.getLogger(RepairLog.class.getName());
    private static final long QUIET_MILLIS = 600_000;

    /** What a decision reads of a caller. */
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

    /** Counts a value that was taken out. */
    synchronized void count(Part part, String caller) {
        counts.get(part).increment();
        long now = clock.getAsLong();
        if (!reported || now - last > QUIET_MILLIS) {
            LOG.log(
                    Level.WARNING,
                    "what Redis held of {0} ({1}) could not be read and was taken out; further ones are only counted"
                            + " (docs/operations.md, Somebody else writes to Redis)",
                    caller,
                    part.label);
        }
        reported = true;
        last = now;
    }

    /** How many values were taken out since the start, by what they were, in lower case. */
    public Map<String, Long> counts() {
        Map<String, Long> sums = new LinkedHashMap<>();
        counts.forEach((part, count) -> sums.put(part.label, count.sum()));
        return sums;
    }
}
