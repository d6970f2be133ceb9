package dev.tollgate.core.lease;

import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.LeaseRequest;
import dev.tollgate.core.limit.WindowPolicy;
import java.util.List;

/** The rule for who gets a lease, and how large it is. docs/adr/0016-leases.md gives the reasons. */
public final class LeaseSize {

    /** Requests within a lease's length that make a caller one who gets leases. */
    public static final int MIN_REQUESTS = 8;

    /**
     * A lease is at most this part of the smallest limit: one divided by it. So there is none under a limit of less than 400,
     * where this is less than {@link LeaseRequest#MIN_UNITS}.
     */
    private static final int PART_OF_LIMIT = 100;

    private static final long MIN_WINDOW_MILLIS = 10_000;

    /** The most units of a lease where nothing limits the caller. */
    private static final long MAX_UNITS = 1_000_000;

    private LeaseSize() {}

    /** Returns whether a request may be admitted from a lease: it is charged and enforced, and its limits are large. */
    public static boolean isLeasable(GateRequest request) {
        if (request.mode() != GateRequest.Mode.CHARGE) {
            return false;
        }
        List<WindowPolicy> windows = request.windows();
        for (int i = 0; i < windows.size(); i++) {
            if (windows.get(i).windowMillis() < MIN_WINDOW_MILLIS) {
                return false;
            }
        }
        return maxUnits(request) >= LeaseRequest.MIN_UNITS;
    }

    /** Returns the most units that one node may hold of a caller under these policies. */
    private static long maxUnits(GateRequest request) {
        long smallest = request.caller().isAccount() ? request.monthlyQuota().orElse(Long.MAX_VALUE) : Long.MAX_VALUE;
        List<WindowPolicy> windows = request.windows();
        for (int i = 0; i < windows.size(); i++) {
            smallest = Math.min(smallest, windows.get(i).limit());
        }
        return Math.min(smallest / PART_OF_LIMIT, MAX_UNITS);
    }

    /**
     * Returns how many units to ask for; 0 for no lease.
     *
     * @param request the policies
     * @param used units the caller used on this node within the last lease's length
     * @param largestCost the largest cost of one request lately, at least 1
     * @param held units of the caller that this node holds under other policies
     */
    public static int wanted(GateRequest request, long used, int largestCost, long held) {
        if (used < (long) MIN_REQUESTS * largestCost) {
            return 0;
        }
        long wanted = Math.min(used + (used + 3) / 4, maxUnits(request) - held);
        // A lease that holds few requests is spent before it saves a trip, and its last units fit none.
        return wanted < (long) LeaseRequest.MIN_UNITS * largestCost ? 0 : (int) wanted;
    }
}
