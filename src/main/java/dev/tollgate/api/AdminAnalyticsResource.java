package dev.tollgate.api;

import dev.tollgate.analytics.Analytics;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** Any key's reports, for administrators: the answers of {@link AnalyticsResource}. */
@Path("api/v1/admin/keys/{id: [0-9a-f-]{36}}/analytics")
@AdminOnly
@Dependent
public class AdminAnalyticsResource {

    private static final String RATHER_JSON = KeyReports.CSV + ";qs=0.5";

    private final KeyReports reports;

    @PathParam("id")
    private String id;

    /** From the given reports. */
    @Inject
    public AdminAnalyticsResource(Analytics analytics) {
        this.reports = new KeyReports(analytics);
    }

    /** Totals, by provider and by file type; of one provider with {@code provider}. */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public Response totals(@Context ContainerRequestContext request) {
        return reports.totals(id, request);
    }

    /** Day by day, newest first; {@code startDate}, {@code endDate}, {@code limit} 1 to 90. */
    @GET
    @Path("daily")
    @Produces(MediaType.APPLICATION_JSON)
    public Response daily(@Context ContainerRequestContext request) {
        return reports.daily(id, request);
    }

    /** The days as a table. */
    @GET
    @Path("daily")
    @Produces(RATHER_JSON)
    public Response dailyTable(@Context ContainerRequestContext request) {
        return reports.dailyTable(id, request);
    }

    /** Provider by provider, each with its days; {@code provider}, {@code startDate}, {@code endDate}. */
    @GET
    @Path("providers")
    @Produces(MediaType.APPLICATION_JSON)
    public Response providers(@Context ContainerRequestContext request) {
        return reports.providers(id, request);
    }

    /** The providers as a table. */
    @GET
    @Path("providers")
    @Produces(RATHER_JSON)
    public Response providersTable(@Context ContainerRequestContext request) {
        return reports.providersTable(id, request);
    }

    /** File types and their categories. */
    @GET
    @Path("file-types")
    @Produces(MediaType.APPLICATION_JSON)
    public Response fileTypes(@Context ContainerRequestContext request) {
        return reports.fileTypes(id, request);
    }

    /** What is not settled yet, from Redis alone: also of a key that was deleted. */
    @GET
    @Path("live")
    @Produces(MediaType.APPLICATION_JSON)
    public Response live(@Context ContainerRequestContext request) {
        return reports.live(id, request);
    }
}
