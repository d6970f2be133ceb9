package dev.tollgate.api;

import dev.tollgate.account.KnownKey;
import dev.tollgate.account.RequestAttributes;
import dev.tollgate.analytics.Analytics;
import dev.tollgate.problem.Problems;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** What the presented key was used for. The answers are the records of {@code dev.tollgate.analytics}. */
@Path("api/v1/analytics")
@Dependent
public class AnalyticsResource {

    private static final String RATHER_JSON = KeyReports.CSV + ";qs=0.5";

    private final KeyReports reports;

    /** From the given reports. */
    @Inject
    public AnalyticsResource(Analytics analytics) {
        this.reports = new KeyReports(analytics);
    }

    /** Totals, by provider and by file type; of one provider with {@code provider}. */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public Response totals(@Context ContainerRequestContext request) {
        return reports.totals(keyId(request), request);
    }

    /** Day by day, newest first; {@code startDate}, {@code endDate}, {@code limit} 1 to 90. */
    @GET
    @Path("daily")
    @Produces(MediaType.APPLICATION_JSON)
    public Response daily(@Context ContainerRequestContext request) {
        return reports.daily(keyId(request), request);
    }

    /** The days as a table. */
    @GET
    @Path("daily")
    @Produces(RATHER_JSON)
    public Response dailyTable(@Context ContainerRequestContext request) {
        return reports.dailyTable(keyId(request), request);
    }

    /** Provider by provider, each with its days; {@code provider}, {@code startDate}, {@code endDate}. */
    @GET
    @Path("providers")
    @Produces(MediaType.APPLICATION_JSON)
    public Response providers(@Context ContainerRequestContext request) {
        return reports.providers(keyId(request), request);
    }

    /** The providers as a table. */
    @GET
    @Path("providers")
    @Produces(RATHER_JSON)
    public Response providersTable(@Context ContainerRequestContext request) {
        return reports.providersTable(keyId(request), request);
    }

    /** File types and their categories. */
    @GET
    @Path("file-types")
    @Produces(MediaType.APPLICATION_JSON)
    public Response fileTypes(@Context ContainerRequestContext request) {
        return reports.fileTypes(keyId(request), request);
    }

    /** What is not settled yet, from Redis alone. */
    @GET
    @Path("live")
    @Produces(MediaType.APPLICATION_JSON)
    public Response live(@Context ContainerRequestContext request) {
        return reports.live(keyId(request), request);
    }

    /** The presented key. */
    static String keyId(ContainerRequestContext request) {
        if (request.getProperty(RequestAttributes.KEY) instanceof KnownKey known) {
            return known.key().id();
        }
        throw new ProblemException(Problems.missingKey());
    }
}
