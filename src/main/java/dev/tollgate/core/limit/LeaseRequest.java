package dev.tollgate.core.limit;

import java.util.Objects;
import java.util.Optional;

/**
 * A request for a lease: a node asks the store to charge units of a caller ahead of need, and reports what became of an earlier
 * lease. Either part may be left out. docs/adr/0016-leases.md has the rules.
 *
 * @param policies the caller, windows and quota that units are charged to; its cost, ladder and mode do not matter
 * @param id the lease's name, unique over all nodes
 * @param wanted how many units are wanted; 0 for none
 * @param lengthMillis how long the node may spend the units, counted from before it asks; 1 to {@value #MAX_LENGTH_MILLIS}
 * @param report what became of an earlier lease under the same policies; empty if there is nothing to report
 */
public record LeaseRequest(
        GateRequest policies, String id, int wanted, long lengthMillis, Optional<LeaseReport> report) {

    /** The longest lease, in milliseconds. */
    public static final long MAX_LENGTH_MILLIS = SlidingWindowLog.LEAD - 2;

    /** Fewer units are no lease. */
    public static final int MIN_UNITS = 4;

    /** A lease takes at most this part of what remains, so that other nodes find units too: one divided by it. */
    public static final int SHARE = 8;

    /** How long after the date of its units a report of a lease is taken, in milliseconds. */
    public static final long REPORT_MILLIS = 5_000;

    /**
     * What became of a lease that is closed. All of its spent units were spent before the report is sent.
     *
     * @param id the lease's name
     * @param month the month its units were charged to; if the node does not know whether the lease was granted, the one by its
     *     own clock. Units come back to a month only if they were charged to it
     * @param datedAt the instant its units are dated at in the windows, milliseconds since the epoch on the store's clock; 0 if
     *     the node does not know whether the lease was granted
     * @param spent units spent; the others come back
     */
    public record LeaseReport(String id, BillingMonth month, long datedAt, long spent) {}

    public LeaseRequest {
        Objects.requireNonNull(policies, "policies");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(report, "report");
        if (wanted < 0) {
            throw new IllegalArgumentException("a lease cannot have " + wanted + " units");
        }
        if (lengthMillis < 1 || lengthMillis > MAX_LENGTH_MILLIS) {
            throw new IllegalArgumentException("a lease lasts between 1 and " + MAX_LENGTH_MILLIS + " ms");
        }
    }

    /**
     * How far ahead of the store's clock the units are dated, in milliseconds. Two more than the length: one for the rounding of
     * the clock to milliseconds, one for the drift between two clocks.
     */
    public long leadMillis() {
        return lengthMillis + 2;
    }
}
