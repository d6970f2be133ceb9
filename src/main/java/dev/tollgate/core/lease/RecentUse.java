package dev.tollgate.core.lease;

import java.util.Arrays;

/**
 * A count of the units that a caller used within the last span of time, to an eighth of the span. Not thread-safe.
 */
public final class RecentUse {

    private static final int PARTS = 8;

    private final long partNanos;
    private final long[] units = new long[PARTS];
    private long latest = Long.MIN_VALUE;

    /** @param spanNanos the span, in nanoseconds, at least eight */
    public RecentUse(long spanNanos) {
        this.partNanos = spanNanos / PARTS;
    }

    /**
     * Adds units.
     *
     * @param nanos the present, on a clock that does not go back
     */
    public void add(long used, long nanos) {
        slide(nanos);
        units[index(latest)] += used;
    }

    /** Returns the units added within the span before the present. */
    public long sum(long nanos) {
        slide(nanos);
        long sum = 0;
        for (long part : units) {
            sum += part;
        }
        return sum;
    }

    private void slide(long nanos) {
        long part = Math.floorDiv(nanos, partNanos);
        if (latest == Long.MIN_VALUE || part - latest >= PARTS) {
            Arrays.fill(units, 0);
            latest = part;
        }
        while (latest < part) {
            latest++;
            units[index(latest)] = 0;
        }
    }

    private static int index(long part) {
        return (int) Math.floorMod(part, (long) PARTS);
    }
}
