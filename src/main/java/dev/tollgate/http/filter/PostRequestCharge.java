package dev.tollgate.http.filter;

import dev.tollgate.core.account.RequestAttributes;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.LimitStatus;
import dev.tollgate.gate.Gate;
import jakarta.servlet.http.HttpServletRequest;

/**
 * Charges, when a request is over, what the application says it cost beyond what it was admitted for. It has been served:
 * what no longer fits is let go, and is no violation. Thread-safe; waits for nothing.
 */
final class PostRequestCharge {

    private static final String ADMITTED = PostRequestCharge.class.getName() + ".admitted";

    private final Gate gate;

    PostRequestCharge(Gate gate) {
        this.gate = gate;
    }

    /** The request was admitted. */
    void admitted(HttpServletRequest request, Decision decision) {
        request.setAttribute(ADMITTED, decision);
    }

    /** The request is over. */
    void charge(HttpServletRequest request) {
        if (request.getAttribute(RequestAttributes.COST) instanceof Number said
                && request.getAttribute(ADMITTED) instanceof Decision decision
                && request.getAttribute(RequestAttributes.GATE_REQUEST) instanceof GateRequest asked) {
            long left = decision.policies().stream()
                    .mapToLong(LimitStatus::remaining)
                    .min()
                    .orElse(GateRequest.MAX_COST);
            long more = Math.min(Math.min(said.longValue(), GateRequest.MAX_COST) - asked.cost(), left);
            if (more > 0) {
                gate.charge(asked.costing((int) more));
            }
        }
    }
}
