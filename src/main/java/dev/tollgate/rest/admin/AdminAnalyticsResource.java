package dev.tollgate.rest.admin;

import dev.tollgate.core.analytics.Analytics;
import dev.tollgate.rest.analytics.AnalyticsResource;
import dev.tollgate.rest.analytics.KeyAnalyticsResource;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.container.ContainerRequestContext;

/** The reports of any key, for administrators, as {@link AnalyticsResource} gives them; live ones also of a deleted key. */
@Path("api/v1/admin/keys/{id: [0-9a-f-]{36}}/analytics")
@AdminOnly
@Dependent
public class AdminAnalyticsResource extends KeyAnalyticsResource {

    @PathParam("id")
    private String id;

    /** Makes the resource from its ports. */
    @SuppressWarnings("NullAway.Init") // Jersey fills the id
    @Inject
    public AdminAnalyticsResource(Analytics analytics) {
        super(analytics);
    }

    @Override
    protected String keyId(ContainerRequestContext request) {
        return id;
    }
}
