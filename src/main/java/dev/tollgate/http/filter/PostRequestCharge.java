package dev.tollgate.http.filter;

import dev.tollgate.core.account.RequestAttributes;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.LimitStatus;
import dev.tollgate.gate.Gate;
import dev.tollgate.gate.GateResult;

/**
 * The correction of what a request was charged, once it has been served and its application has said what it cost in all.
 *
 * <p>If it cost more, the rest is charged; what no longer fits is not, and is no violation. If it cost less, the difference is
 * given back. Waits for nothing. Thread-safe.
 */
final class PostRequestCharge {

    private final Gate gate;

    PostRequestCharge(Gate gate) {
        this.gate = gate;
    }

    /** Corrects the charge of a request that is over. */
    void charge(RequestContext context) {
        GateResult admitted = context.admitted();
        if (admitted == null || !(context.request().getAttribute(RequestAttributes.COST) instanceof Number said)) {
            return;
        }
        GateRequest asked = context.gateRequest();
        long cost = Math.max(0, Math.min(said.longValue(), GateRequest.MAX_COST));
        if (cost < asked.cost()) {
            gate.refund(asked, admitted, (int) (asked.cost() - cost));
        } else if (cost > asked.cost()) {
            long more = Math.min(cost - asked.cost(), left(admitted));
            if (more > 0) {
                gate.charge(asked.chargedLater((int) more));
            }
        }
    }

    private static long left(GateResult admitted) {
        return admitted.decision().orElseThrow().policies().stream()
                .mapToLong(LimitStatus::remaining)
                .min()
                .orElse(GateRequest.MAX_COST);
    }
}
