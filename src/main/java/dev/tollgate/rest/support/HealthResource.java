package dev.tollgate.rest.support;

import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.LinkedHashMap;
import java.util.Map;

/** The health checks: whether the process lives, and whether it should get traffic. */
@Path("health")
@Produces(MediaType.APPLICATION_JSON)
@Dependent
public class HealthResource {

    private static final System.Logger LOG = System.getLogger(HealthResource.class.getName());

    private final Health health;

    /** What {@code /health/live} says. */
    public record Live(String status) {}

    /** What {@code /health/ready} says: the whole, and each part by its name. */
    public record Ready(String status, Map<String, String> components) {}

    /** Over the given components. */
    @Inject
    public HealthResource(Health health) {
        this.health = health;
    }

    /** 200 for as long as requests are answered at all. */
    @GET
    @Path("live")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = Live.class)))
    public Response live() {
        return answer(Response.Status.OK, new Live(Health.State.UP.label()));
    }

    /** 200 while up or degraded, 503 while something is down without which nothing can be served. */
    @GET
    @Path("ready")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = Ready.class)))
    @ApiResponse(responseCode = "503", content = @Content(schema = @Schema(implementation = Ready.class)))
    public Response ready() {
        Health.State all = Health.State.UP;
        Map<String, String> components = new LinkedHashMap<>();
        for (Health.Component component : health.components()) {
            Health.State state = stateOf(component);
            components.put(component.name(), state.label());
            if (state == Health.State.DOWN && component.essential()) {
                all = Health.State.DOWN;
            } else if (state != Health.State.UP && all == Health.State.UP) {
                all = Health.State.DEGRADED;
            }
        }
        Response.Status status = all == Health.State.DOWN ? Response.Status.SERVICE_UNAVAILABLE : Response.Status.OK;
        return answer(status, new Ready(all.label(), components));
    }

    private static Health.State stateOf(Health.Component component) {
        try {
            return component.state().get();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "the health of " + component.name() + " cannot be determined", e);
            return Health.State.DOWN;
        }
    }

    private static Response answer(Response.Status status, Object entity) {
        Response.ResponseBuilder answer = Response.status(status).entity(entity).header("Cache-Control", "no-store");
        return (status == Response.Status.OK ? answer : answer.header("Retry-After", 5)).build();
    }
}
