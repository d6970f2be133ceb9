package dev.tollgate.core.limit;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The decision on one request, with everything its answer needs.
 *
 * @param outcome the verdict
 * @param atMillis when, on the clock that decided (Redis's, or the node's in a local failure mode)
 * @param policies every limited policy's state, in the order windows then month; empty where nothing is known (a ban
 *     answered from memory) or nothing limits the caller
 * @param violated names of the policies that refused the request; empty unless refused by a limit. The month alone where its
 *     quota refused; all that had no room where the request was not enforced
 * @param violations the caller's violations remembered after this decision; empty if they were not read
 * @param ban the ban in force, if the outcome is {@link Outcome#BANNED}
 * @param banApplied whether this very request brought the ban
 * @param firstInWindow whether this violation is the caller's first within a window's length: one audit row, not a flood
 */
public record Decision(
        Outcome outcome,
        long atMillis,
        List<LimitStatus> policies,
        List<String> violated,
        OptionalInt violations,
        Optional<Ban> ban,
        boolean banApplied,
        boolean firstInWindow) {

    /** The verdict on a request. */
    public enum Outcome {
        /** Go on; charged. */
        ADMITTED,
        /** Over a sliding window; nothing charged. */
        RATE_LIMITED,
        /** Over the month's quota; nothing charged and no violation. */
        QUOTA_EXCEEDED,
        /** The cost is above a whole limit, so that no waiting helps; nothing charged and no violation. */
        COST_EXCEEDS_LIMIT,
        /** A ban is in force; nothing charged and no violation. */
        BANNED
    }

    public Decision {
        policies = List.copyOf(policies);
        violated = List.copyOf(violated);
    }

    /** Returns an admission with the given states. */
    public static Decision admitted(long atMillis, List<LimitStatus> policies) {
        return new Decision(
                Outcome.ADMITTED, atMillis, policies, List.of(), OptionalInt.empty(), Optional.empty(), false, false);
    }

    /** Returns a refusal because of a ban that was in force before the request. */
    public static Decision banned(long atMillis, Ban ban) {
        return new Decision(
                Outcome.BANNED, atMillis, List.of(), List.of(), OptionalInt.empty(), Optional.of(ban), false, false);
    }

    /** Returns the same decision with more units remaining under each policy, at most all of its units. */
    public Decision withMoreRemaining(int units) {
        List<LimitStatus> more =
                policies.stream().map(status -> status.later(units, 0)).toList();
        return new Decision(outcome, atMillis, more, violated, violations, ban, banApplied, firstInWindow);
    }

    /**
     * Returns whether the request was charged to a policy: if admitted, to all; if not enforced, to each that had room.
     *
     * @param request what was decided on
     */
    public boolean isChargedTo(String policy, GateRequest request) {
        return request.charged() && (isAdmitted() || !request.enforced() && !violated.contains(policy));
    }

    /** Returns whether the request may go on. */
    public boolean isAdmitted() {
        return outcome == Outcome.ADMITTED;
    }
}
