package dev.tollgate.http.filter;

import dev.tollgate.core.account.RequestAttributes;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.LimitStatus;
import dev.tollgate.gate.Gate;
import dev.tollgate.gate.GateResult;
import dev.tollgate.http.route.RoutePolicy;

/**
 * The correction of what a request was charged, once it has been served and its application has said what it cost in all.
 *
 * <p>If it cost more, the rest is charged; what no longer fits is not, and is no violation. If it cost less, the difference is
 * given back. Waits for nothing. Thread-safe.
 */
final class PostRequestCharge {

    private static final int FIRST_FAILURE = 400;

    private final Gate gate;

    PostRequestCharge(Gate gate) {
        this.gate = gate;
    }

    /**
     * Corrects the charge of a request that is over.
     *
     * @param broken whether it ended in an exception or a timeout
     */
    void charge(RequestContext context, boolean broken) {
        GateResult admitted = context.admitted();
        if (admitted == null) {
            return;
        }
        GateRequest asked = context.gateRequest();
        long cost = cost(context, asked, broken);
        if (cost < asked.cost()) {
            gate.refund(asked, admitted, (int) (asked.cost() - cost));
        } else if (cost > asked.cost()) {
            // In shadow mode each policy that has room for the rest is charged, whatever is left of the others.
            long more = cost - asked.cost();
            if (asked.enforced()) {
                more = Math.min(more, left(admitted));
            }
            if (more > 0) {
                gate.charge(asked.chargedLater((int) more));
            }
        }
    }

    private static long cost(RequestContext context, GateRequest asked, boolean broken) {
        boolean failed = broken || context.response().getStatus() >= FIRST_FAILURE;
        if (failed && context.route().charge() == RoutePolicy.Charge.SUCCESS) {
            return 0;
        }
        return context.request().getAttribute(RequestAttributes.COST) instanceof Number said
                ? Math.max(0, Math.min(said.longValue(), GateRequest.MAX_COST))
                : asked.cost();
    }

    private static long left(GateResult admitted) {
        return admitted.decision().orElseThrow().policies().stream()
                .mapToLong(LimitStatus::remaining)
                .min()
                .orElse(GateRequest.MAX_COST);
    }
}
