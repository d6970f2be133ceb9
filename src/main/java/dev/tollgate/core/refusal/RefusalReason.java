package dev.tollgate.core.refusal;

import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.problem.Problem;
import dev.tollgate.core.problem.Refusal;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The reason of a refusal: where, by which limit, and with which answer.
 *
 * @param route the name of the route policy
 * @param policy the name of the limit that refused, such as {@code minute}; null if none did
 * @param status the HTTP status of the answer, or that it would have had
 * @param code the code of the problem document
 * @param shadow whether the request passed, since its route policy is in shadow mode
 */
public record RefusalReason(String route, @Nullable String policy, int status, String code, boolean shadow) {

    public RefusalReason {
        Objects.requireNonNull(route, "route");
        Objects.requireNonNull(code, "code");
    }

    /** Returns the reason of a refusal by no limit. */
    public static RefusalReason of(String route, Problem problem, boolean shadow) {
        return new RefusalReason(route, null, problem.status(), problem.code(), shadow);
    }

    /**
     * Returns the reason of a refusal by a decision.
     *
     * @param decision a decision that is no admission
     * @param request what was decided on
     */
    public static RefusalReason of(String route, Decision decision, GateRequest request, boolean shadow) {
        return new RefusalReason(
                route,
                Refusal.policy(decision, request.cost()),
                Refusal.status(decision),
                Refusal.code(decision.outcome()),
                shadow);
    }
}
