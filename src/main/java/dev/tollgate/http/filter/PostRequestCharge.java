package dev.tollgate.http.filter;

import dev.tollgate.core.account.RequestAttributes;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.LimitStatus;
import dev.tollgate.gate.Gate;

/**
 * The charge for what a request cost beyond the units it was admitted for, as its application says afterwards. The request has
 * been served, so what no longer fits is not charged, and is no violation. Waits for nothing. Thread-safe.
 */
final class PostRequestCharge {

    private final Gate gate;

    PostRequestCharge(Gate gate) {
        this.gate = gate;
    }

    /** Charges a request that is over. */
    void charge(RequestContext context) {
        Decision decision = context.admitted();
        if (decision != null && context.request().getAttribute(RequestAttributes.COST) instanceof Number said) {
            long left = decision.policies().stream()
                    .mapToLong(LimitStatus::remaining)
                    .min()
                    .orElse(GateRequest.MAX_COST);
            GateRequest asked = context.gateRequest();
            long more = Math.min(Math.min(said.longValue(), GateRequest.MAX_COST) - asked.cost(), left);
            if (more > 0) {
                gate.charge(asked.chargedLater((int) more));
            }
        }
    }
}
