package dev.tollgate.rest.analytics;

import dev.tollgate.core.account.RequestAttributes;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.LimitStatus;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.core.problem.Problems;
import dev.tollgate.gate.Gate;
import dev.tollgate.gate.GateResult;
import dev.tollgate.rest.support.ProblemException;
import dev.tollgate.rest.support.QueryParameters;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The limits of the caller: its tier, what is left of each policy, and any ban. Reading them consumes nothing. */
@Path("api/v1/limits")
@Produces(MediaType.APPLICATION_JSON)
@Dependent
public class LimitsResource {

    private static final long RETRY_SECONDS = 1;

    private final Gate gate;

    /**
     * The limits of a caller.
     *
     * @param caller the account's id, or {@code ip:} and the address
     * @param tier its tier
     * @param policies every limited policy; empty if nothing limits the caller
     * @param ban the ban in force; null if none
     */
    public record Limits(
            String caller,
            String tier,
            List<Policy> policies,
            @Nullable ActiveBan ban) {}

    /** One policy: its size, what is left, and when more comes back. */
    public record Policy(
            String name, long limit, long windowSeconds, long remaining, long resetSeconds, Instant resetsAt) {}

    /**
     * A ban in force.
     *
     * @param level its length
     * @param reason why
     * @param bannedAt since when
     * @param expiresAt its end; null for a permanent one
     * @param remainingSeconds until its end; null for a permanent one
     */
    public record ActiveBan(
            String level,
            String reason,
            Instant bannedAt,
            @Nullable Instant expiresAt,
            @Nullable Long remainingSeconds) {}

    /** Makes the resource from its ports. */
    @Inject
    public LimitsResource(Gate gate) {
        this.gate = gate;
    }

    /** Returns the limits of the caller; 503 if Redis does not answer. */
    @GET
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = Limits.class)))
    public Response limits(@Context ContainerRequestContext request) {
        QueryParameters.of(request.getUriInfo()).end();
        GateRequest asked = (GateRequest) request.getProperty(RequestAttributes.GATE_REQUEST);
        // The second peek is for banned callers: a ban hides the state of the windows.
        Decision decision = peek(asked.asPeek());
        Decision windows = decision.ban().isPresent() ? peek(asked.asPeek().ignoringBans()) : decision;
        String tier =
                request.getProperty(RequestAttributes.KEY) instanceof ResolvedKey key ? key.tier() : Tier.ANONYMOUS;
        return Response.ok(new Limits(
                        asked.caller().id(),
                        tier,
                        windows.policies().stream()
                                .map(policy -> policy(policy, windows.atMillis()))
                                .toList(),
                        decision.ban().map(ban -> ban(ban, decision.atMillis())).orElse(null)))
                .header("Cache-Control", "no-store")
                .build();
    }

    private Decision peek(GateRequest request) {
        GateResult answer = gate.decide(request, FailureMode.CLOSED);
        return answer.decision().orElseThrow(() -> new ProblemException(Problems.gateUnavailable(RETRY_SECONDS)));
    }

    public static Policy policy(LimitStatus state, long now) {
        return new Policy(
                state.name(),
                state.quota(),
                state.windowSeconds(),
                state.remaining(),
                state.resetSeconds(),
                Instant.ofEpochMilli(now + state.resetMillis()));
    }

    public static ActiveBan ban(Ban ban, long now) {
        boolean ends = ban.expiresAt().isPresent();
        return new ActiveBan(
                ban.level().label(),
                ban.reason(),
                Instant.ofEpochMilli(ban.bannedAt()),
                ends ? Instant.ofEpochMilli(ban.expiresAt().getAsLong()) : null,
                ends ? ban.remainingSeconds(now) : null);
    }
}
