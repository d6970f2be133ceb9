package dev.tollgate.rest.admin;

import dev.tollgate.core.account.ChangePublisher;
import dev.tollgate.core.account.RouteModeStore;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.problem.Problems;
import dev.tollgate.gate.ShadowModes;
import dev.tollgate.gate.ShadowModes.Known;
import dev.tollgate.rest.support.JsonObjectReader;
import dev.tollgate.rest.support.ProblemException;
import dev.tollgate.rest.support.QueryParameters;
import dev.tollgate.rest.support.TextValidation;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The route policies, for administrators: what they are, and whether they enforce or run in shadow mode. */
@Path("api/v1/admin/routes")
@Produces(MediaType.APPLICATION_JSON)
@AdminOnly
@Dependent
public class AdminRoutesResource {

    private static final String ENFORCE = "enforce";
    private static final String SHADOW = "shadow";

    private final ShadowModes modes;
    private final RouteModeStore store;
    private final ChangePublisher changes;
    private final AdminAuditor record;

    /** All of them, in the order in which the first that matches decides. */
    public record Routes(List<RouteView> items) {}

    /**
     * A policy.
     *
     * @param name its name
     * @param path its pattern
     * @param methods empty for all
     * @param action {@code limit}, {@code key-required} or {@code exempt}
     * @param credentials {@code none}, {@code optional}, {@code required} or {@code principal}; null where the gate keeps out
     * @param scopes what a caller's key or principal must have, all of them
     * @param charged whether requests consume anything
     * @param cost cost units of one request
     * @param windowLimit its own window's cost units; null for none
     * @param windowSeconds its own window's length; null for none
     * @param mode {@code enforce} or {@code shadow}; null where it charges nothing
     * @param modeByFile the mode it has unless it is switched; null where it charges nothing
     */
    public record RouteView(
            String name,
            String path,
            List<String> methods,
            String action,
            @Nullable String credentials,
            List<String> scopes,
            boolean charged,
            int cost,
            OptionalLong windowLimit,
            OptionalLong windowSeconds,
            @Nullable String mode,
            @Nullable String modeByFile) {}

    /** Makes the resource from its ports. */
    @Inject
    public AdminRoutesResource(ShadowModes modes, RouteModeStore store, ChangePublisher changes, AdminAuditor record) {
        this.modes = modes;
        this.store = store;
        this.changes = changes;
        this.record = record;
    }

    /** Lists them. */
    @GET
    public Routes list(@Context UriInfo uri) {
        QueryParameters.none(uri);
        return new Routes(modes.known().stream().map(this::view).toList());
    }

    /** Switches one: {@code {mode}}, {@code enforce} or {@code shadow}; null lets it be as its file says. */
    @PATCH
    @Path("{name}")
    @RequestBody(ref = "RouteMode")
    public RouteView change(
            @PathParam("name") String name,
            @Context UriInfo uri,
            @Context SecurityContext security,
            @Context ContainerRequestContext request) {
        QueryParameters.none(uri);
        JsonObjectReader members = JsonObjectReader.read(request);
        Optional<Boolean> shadow = mode(members);
        members.end();
        Known route = modes.known().stream()
                .filter(known -> known.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new ProblemException(Problems.notFound("There is no route policy of this name.")));
        if (!route.charged()) {
            throw TextValidation.bad("mode", "cannot be switched: the policy charges nothing");
        }
        // Not null, since the policy charges.
        String before = Objects.requireNonNull(view(route).mode());
        store.put(name, shadow);
        changes.tiersChanged();
        RouteView after = view(route);
        String now = Objects.requireNonNull(after.mode());
        if (!now.equals(before)) {
            record.record(
                    security,
                    AuditEvent.Type.ROUTE_CHANGED,
                    null,
                    Map.of("route", name, "modeFrom", before, "modeTo", now));
        }
        return after;
    }

    private static Optional<Boolean> mode(JsonObjectReader members) {
        if (!members.has("mode")) {
            throw TextValidation.bad("mode", "is missing; give enforce, shadow, or null");
        }
        if (members.isNull("mode")) {
            return Optional.empty();
        }
        String text = members.text("mode", 20);
        if (!text.equals(ENFORCE) && !text.equals(SHADOW)) {
            throw TextValidation.bad("mode", "must be enforce, shadow, or null");
        }
        return Optional.of(text.equals(SHADOW));
    }

    private RouteView view(Known route) {
        boolean shadow = modes.switched(route.name()).orElse(route.shadow());
        return new RouteView(
                route.name(),
                route.path(),
                route.methods().stream().sorted().toList(),
                route.action(),
                route.credentials().orElse(null),
                route.scopes(),
                route.charged(),
                route.cost(),
                route.windowLimit(),
                route.windowSeconds(),
                route.charged() ? shadow ? SHADOW : ENFORCE : null,
                route.charged() ? route.shadow() ? SHADOW : ENFORCE : null);
    }
}
