package dev.tollgate.core.limit;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The store's reply to a {@link LeaseRequest}.
 *
 * @param outcome whether there is a lease, and why not
 * @param units units granted; 0 if there is no lease
 * @param atMillis when it was decided, milliseconds since the epoch on the store's clock; 0 if it does not matter
 * @param datedAt the instant the units are dated at in the windows, on the same clock
 * @param month the month the units were charged to; null without units
 * @param policies the state of each limited policy after the grant, as in {@link Decision}; empty without units
 */
public record LeaseGrant(
        Outcome outcome,
        int units,
        long atMillis,
        long datedAt,
        @Nullable BillingMonth month,
        List<LimitStatus> policies) {

    /** Whether there is a lease. */
    public enum Outcome {
        /** There is one. */
        GRANTED,
        /** There is none: too little remains, or none was wanted. */
        NONE,
        /** There is none: a ban is in force. */
        BANNED,
        /** There is none: the store lacks the account's state. */
        STATE_MISSING,
        /** There is none: the store's clock is in another month than the request. */
        OTHER_MONTH
    }

    /** No lease: too little remains, or none was wanted. */
    public static final LeaseGrant NONE = refused(Outcome.NONE, 0);

    public LeaseGrant {
        policies = List.copyOf(policies);
    }

    /** Returns the reply that there is no lease. */
    public static LeaseGrant refused(Outcome outcome, long atMillis) {
        return new LeaseGrant(outcome, 0, atMillis, 0, null, List.of());
    }

    /** Returns the reply that there is a lease. */
    public static LeaseGrant granted(
            int units, long atMillis, long datedAt, BillingMonth month, List<LimitStatus> policies) {
        return new LeaseGrant(Outcome.GRANTED, units, atMillis, datedAt, month, policies);
    }
}
