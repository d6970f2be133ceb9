package dev.tollgate.core.limit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The numbers of a decision before they have names: what {@code gate.lua} replies and {@link InMemoryGateStore} computes.
 *
 * @param outcome the verdict
 * @param now the store's clock, milliseconds since the epoch
 * @param month the month it decided in
 * @param used cost units used this month, after this request; 0 for an address
 * @param totals units in each window, after this request
 * @param resets milliseconds until each window gives units back, or, where it has no room now, until the request would fit
 * @param refusing which policies have no room for the request: the windows, then the month
 * @param violations violations remembered of the caller, if they were read and this request could add to them
 * @param first whether this violation is the first within a minute
 * @param ban the ban this request brought, if any
 */
public record RawDecision(
        Decision.Outcome outcome,
        long now,
        BillingMonth month,
        long used,
        long[] totals,
        long[] resets,
        boolean[] refusing,
        OptionalInt violations,
        boolean first,
        Optional<Ban> ban) {

    /** Returns an admission. Arguments as above. */
    public static RawDecision admitted(long now, BillingMonth month, long used, long[] totals, long[] resets) {
        boolean[] refusing = new boolean[totals.length + 1];
        return withoutViolation(Decision.Outcome.ADMITTED, now, month, used, totals, resets, refusing);
    }

    /** Returns a decision that is no violation and has nothing to do with one. Arguments as above. */
    static RawDecision withoutViolation(
            Decision.Outcome outcome,
            long now,
            BillingMonth month,
            long used,
            long[] totals,
            long[] resets,
            boolean[] refusing) {
        return new RawDecision(
                outcome, now, month, used, totals, resets, refusing, OptionalInt.empty(), false, Optional.empty());
    }

    /** Returns the decision on the given request. */
    public Decision decisionOn(GateRequest request) {
        List<LimitStatus> states = new ArrayList<>(request.windows().size() + 1);
        List<String> violated = new ArrayList<>(2);
        for (int i = 0; i < request.windows().size(); i++) {
            WindowPolicy window = request.windows().get(i);
            states.add(new LimitStatus(
                    window.name(),
                    window.limit(),
                    window.windowMillis() / 1000,
                    Math.max(0, window.limit() - totals[i]),
                    Math.max(0, resets[i])));
            if (refusing[i]) {
                violated.add(window.name());
            }
        }
        if (request.caller().isAccount() && request.monthlyQuota().isPresent()) {
            long quota = request.monthlyQuota().getAsLong();
            states.add(new LimitStatus(
                    LimitStatus.MONTH,
                    quota,
                    month.lengthSeconds(),
                    Math.max(0, quota - used),
                    Math.max(0, month.endMillis() - now)));
            if (refusing[refusing.length - 1]) {
                violated.add(LimitStatus.MONTH);
            }
        }
        if (outcome == Decision.Outcome.QUOTA_EXCEEDED && request.enforced()) {
            violated = List.of(LimitStatus.MONTH);
        }
        return new Decision(outcome, now, states, violated, violations, ban, ban.isPresent(), first);
    }
}
