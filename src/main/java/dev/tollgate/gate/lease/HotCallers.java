package dev.tollgate.gate.lease;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A sketch that finds callers who ask often, without an object for each caller who does not: a fixed number of counters, each
 * for the caller that used it last.
 *
 * <p>Thread-safe without locks. Two threads may lose a count, and two callers that share a counter start each other's count
 * again. Both only delay a lease.
 */
final class HotCallers {

    private static final int SLOTS = 16_384;
    private static final int COUNT_BITS = 8;
    private static final int PERIOD_BITS = 24;

    private final AtomicLongArray slots = new AtomicLongArray(SLOTS);
    private final int enough;
    private final long periodNanos;

    /**
     * @param enough requests within a period that make a caller hot, below 256
     * @param periodNanos the period, in nanoseconds
     */
    HotCallers(int enough, long periodNanos) {
        this.enough = enough;
        this.periodNanos = periodNanos;
    }

    /**
     * Counts a request.
     *
     * @param hash tells callers and policies apart
     * @return whether there have been enough within the period
     */
    boolean count(int hash, long nanos) {
        int mixed = hash * 0x9E3779B9;
        int slot = mixed >>> 18;
        long period = Math.floorDiv(nanos, periodNanos) & (1L << PERIOD_BITS) - 1;
        long owner = (long) mixed << COUNT_BITS + PERIOD_BITS | period << COUNT_BITS;
        long before = slots.getPlain(slot);
        long count = (before & ~0xFFL) == owner ? (before & 0xFF) + 1 : 1;
        if (count >= enough) {
            return true;
        }
        slots.setPlain(slot, owner | count);
        return false;
    }
}
