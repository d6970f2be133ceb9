package dev.tollgate.rest.admin;

import dev.tollgate.rest.support.QueryParameters;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;

/** The state of Redis, for administrators. */
@Path("api/v1/admin/redis")
@Produces(MediaType.APPLICATION_JSON)
@AdminOnly
@Dependent
public class AdminRedisResource {

    private final RedisState.Source redis;

    /** Makes the resource from its ports. */
    @Inject
    public AdminRedisResource(RedisState.Source redis) {
        this.redis = redis;
    }

    /** State and latency as this node sees them, and what the server says of itself. */
    @GET
    public RedisState look(@Context UriInfo uri) {
        QueryParameters.none(uri);
        return redis.read();
    }
}
