package dev.tollgate.gate.lease;

import dev.tollgate.core.limit.GateRequest;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The leases of one caller, one for each set of policies it is under. Thread-safe; finding one is a look at a few objects.
 */
final class CallerLeases {

    /** Sets of policies with a lease, at most. Requests under further ones are decided in the store. */
    private static final int MAX_SETS = 8;

    private static final PolicyLease[] NONE = {};

    private volatile PolicyLease[] leases = NONE;

    /** Returns the lease for a request; null if there is none. */
    @Nullable
    PolicyLease find(GateRequest request) {
        for (PolicyLease lease : leases) {
            if (lease.fits(request)) {
                return lease;
            }
        }
        return null;
    }

    /** Returns the lease for a request, a new one if there is none yet; null if there are too many. */
    synchronized @Nullable PolicyLease findOrAdd(GateRequest request, Supplier<PolicyLease> fresh) {
        PolicyLease known = find(request);
        PolicyLease[] before = leases;
        if (known != null || before.length == MAX_SETS) {
            return known;
        }
        PolicyLease[] after = Arrays.copyOf(before, before.length + 1);
        after[before.length] = fresh.get();
        leases = after;
        return after[before.length];
    }

    /** Ends and removes those that are idle. Returns whether none is left. */
    synchronized boolean removeIdle(long forNanos) {
        leases = Arrays.stream(leases)
                .filter(lease -> !lease.endIfIdle(forNanos))
                .toArray(PolicyLease[]::new);
        return leases.length == 0;
    }

    PolicyLease[] all() {
        return leases;
    }

    /** Returns units held under other policies than those of a lease; of all, for null. */
    long heldBeside(@Nullable PolicyLease one) {
        long held = 0;
        for (PolicyLease lease : leases) {
            held += lease == one ? 0 : lease.held();
        }
        return held;
    }
}
