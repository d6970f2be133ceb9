package dev.tollgate.rest.admin.refusals;

import dev.tollgate.core.account.Accounts;
import dev.tollgate.core.problem.Problems;
import dev.tollgate.core.refusal.RefusalLog;
import dev.tollgate.core.refusal.ShadowedLimit;
import dev.tollgate.gate.ShadowModes;
import dev.tollgate.rest.admin.AdminOnly;
import dev.tollgate.rest.support.ProblemException;
import dev.tollgate.rest.support.QueryParameters;
import io.swagger.v3.oas.annotations.Parameter;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a route policy would refuse if it were enforced, for administrators who are about to switch it. */
@Path("api/v1/admin/routes/{name}/shadow")
@Produces(MediaType.APPLICATION_JSON)
@AdminOnly
@Dependent
public class AdminShadowResource {

    private final RefusalLog log;
    private final Accounts accounts;
    private final ShadowModes modes;

    /**
     * A report.
     *
     * @param route the name of the route policy
     * @param mode {@code enforce} or {@code shadow}; null for a policy that charges nothing, or that only guards have
     * @param requests how many requests would have been refused
     * @param limits by which limit and code, the most first; none if all would have passed
     */
    public record ShadowReport(String route, @Nullable String mode, long requests, List<LimitView> limits) {}

    /**
     * What one limit would have refused. One component for each question of an operator, hence more than five.
     *
     * @param policy the name of the limit; null if another rule would have refused, which the code tells
     * @param code the code the problem documents would have had
     * @param requests how many requests
     * @param callers of how many callers
     * @param firstAt when the first one was
     * @param lastAt when the last one was
     * @param top the ten callers with most
     */
    public record LimitView(
            @Nullable String policy,
            String code,
            long requests,
            long callers,
            Instant firstAt,
            Instant lastAt,
            List<TopCaller> top) {}

    /**
     * A caller.
     *
     * @param caller its id
     * @param callerName the account's name as it is now; null for an address
     * @param requests how many of its requests would have been refused
     */
    public record TopCaller(String caller, @Nullable String callerName, long requests) {}

    /** Over the given refusals; accounts are asked for their names. */
    @Inject
    public AdminShadowResource(RefusalLog log, Accounts accounts, ShadowModes modes) {
        this.log = log;
        this.accounts = accounts;
        this.modes = modes;
    }

    /**
     * Returns what would have been refused, by limit: how many requests of how many callers, since when, and the ten callers with
     * most. {@code from} (inclusive) and {@code to} (exclusive) narrow.
     */
    @GET
    @Parameter(ref = "from")
    @Parameter(ref = "to")
    public ShadowReport get(@PathParam("name") String name, @Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        Optional<Instant> from = query.instant("from");
        Optional<Instant> to = query.instant("to");
        query.end();
        Optional<ShadowModes.Known> known = modes.known().stream()
                .filter(policy -> policy.name().equals(name))
                .findFirst();
        List<ShadowedLimit> limits = log.shadow(name, from, to);
        if (known.isEmpty() && limits.isEmpty() && isUnknown(name)) {
            throw new ProblemException(Problems.notFound("There is no route policy of this name."));
        }
        Map<String, String> names = accounts.names(limits.stream()
                .flatMap(limit -> limit.top().stream())
                .map(ShadowedLimit.Top::caller)
                .distinct()
                .toList());
        return new ShadowReport(
                name,
                known.filter(ShadowModes.Known::charged).map(this::mode).orElse(null),
                limits.stream().mapToLong(ShadowedLimit::requests).sum(),
                limits.stream().map(limit -> view(limit, names)).toList());
    }

    /** A policy that only guards have is known by its rows. */
    private boolean isUnknown(String name) {
        return log.shadow(name, Optional.empty(), Optional.empty()).isEmpty();
    }

    private String mode(ShadowModes.Known policy) {
        return modes.switched(policy.name()).orElse(policy.shadow()) ? "shadow" : "enforce";
    }

    private static LimitView view(ShadowedLimit limit, Map<String, String> names) {
        return new LimitView(
                limit.policy(),
                limit.code(),
                limit.requests(),
                limit.callers(),
                limit.first(),
                limit.last(),
                limit.top().stream()
                        .map(top -> new TopCaller(top.caller(), names.get(top.caller()), top.requests()))
                        .toList());
    }
}
