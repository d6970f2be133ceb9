package dev.tollgate.rest.admin;

import dev.tollgate.core.analytics.AccountAnalytics;
import dev.tollgate.core.analytics.AccountReport;
import dev.tollgate.rest.analytics.ReportSerializer;
import dev.tollgate.rest.support.QueryParameters;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;

/** The usage of all keys of an account, for administrators. */
@Path("api/v1/admin/accounts/{id: [0-9a-f-]{36}}/analytics")
@Produces(MediaType.APPLICATION_JSON)
@AdminOnly
@Dependent
public class AdminAccountAnalyticsResource {

    private final AccountAnalytics analytics;

    /** Makes the resource from its ports. */
    @Inject
    public AdminAccountAnalyticsResource(AccountAnalytics analytics) {
        this.analytics = analytics;
    }

    /** Sums over the account's keys. */
    @GET
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = AccountReport.class)))
    public Response totals(@PathParam("id") String id, @Context UriInfo uri) {
        QueryParameters.none(uri);
        return analytics
                .report(id)
                .map(report -> Response.ok(ReportSerializer.json(report, "")).build())
                .orElseThrow(AdminAccountsResource::unknown);
    }
}
