package dev.tollgate.gate.lease;

import java.util.concurrent.atomic.LongAdder;

/** Counters of leases since the start. Thread-safe. */
public final class LeaseCounts {

    final LongAdder granted = new LongAdder();
    final LongAdder unitsGranted = new LongAdder();
    final LongAdder unitsReturned = new LongAdder();
    final LongAdder unitsSpent = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder calls = new LongAdder();

    /**
     * The counts at one moment.
     *
     * @param granted leases granted
     * @param unitsGranted units of them
     * @param unitsSpent units that admitted a request
     * @param unitsReturned units reported as not spent
     * @param refused requests for a lease that the store refused, since too little remains or a ban is in force
     * @param failed requests for a lease without a reply
     * @param calls calls to the store, for leases and reports
     */
    public record Snapshot(
            long granted,
            long unitsGranted,
            long unitsSpent,
            long unitsReturned,
            long refused,
            long failed,
            long calls) {}

    /** Returns the counts now. */
    public Snapshot snapshot() {
        return new Snapshot(
                granted.sum(),
                unitsGranted.sum(),
                unitsSpent.sum(),
                unitsReturned.sum(),
                refused.sum(),
                failed.sum(),
                calls.sum());
    }
}
