package dev.tollgate.rest.analytics;

import dev.tollgate.core.analytics.Analytics;
import dev.tollgate.core.analytics.DailyReport;
import dev.tollgate.core.analytics.FileTypesReport;
import dev.tollgate.core.analytics.LiveReport;
import dev.tollgate.core.analytics.ProvidersReport;
import dev.tollgate.core.analytics.UploadReport;
import io.swagger.v3.oas.annotations.Hidden;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** The reports of a key by their paths. A subclass says which key. */
public abstract class KeyAnalyticsResource {

    private static final String RATHER_JSON = KeyReports.CSV + ";qs=0.5";

    private final KeyReports reports;

    /** Makes the resource from its ports. */
    protected KeyAnalyticsResource(Analytics analytics) {
        this.reports = new KeyReports(analytics);
    }

    /** Returns the id of the key that is asked about. */
    protected abstract String keyId(ContainerRequestContext request);

    /** Totals, by provider and by file type; of one provider with {@code provider}. */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    @Parameter(ref = "provider")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = UploadReport.class)))
    public Response totals(@Context ContainerRequestContext request) {
        return reports.totals(keyId(request), request);
    }

    /** Day by day, newest first; {@code startDate} alone or with {@code endDate} gives every day, {@code limit} the newest. */
    @GET
    @Path("daily")
    @Produces(MediaType.APPLICATION_JSON)
    @Parameter(ref = "startDate")
    @Parameter(ref = "endDate")
    @Parameter(ref = "limit")
    @ApiResponse(
            responseCode = "200",
            content = {
                @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = DailyReport.class)),
                @Content(mediaType = KeyReports.CSV, schema = @Schema(types = "string"))
            },
            headers = @Header(name = KeyReports.TRUNCATED, ref = "#/components/headers/X-Tollgate-Truncated"))
    public Response daily(@Context ContainerRequestContext request) {
        return reports.daily(keyId(request), request);
    }

    /** Returns the days as a table. */
    @GET
    @Path("daily")
    @Produces(RATHER_JSON)
    @Hidden
    public Response dailyTable(@Context ContainerRequestContext request) {
        return reports.dailyTable(keyId(request), request);
    }

    /** Provider by provider, each with its days; {@code provider}, {@code startDate}, {@code endDate}. */
    @GET
    @Path("providers")
    @Produces(MediaType.APPLICATION_JSON)
    @Parameter(ref = "provider")
    @Parameter(ref = "startDate")
    @Parameter(ref = "endDate")
    @ApiResponse(
            responseCode = "200",
            content = {
                @Content(
                        mediaType = MediaType.APPLICATION_JSON,
                        schema = @Schema(implementation = ProvidersReport.class)),
                @Content(mediaType = KeyReports.CSV, schema = @Schema(types = "string"))
            })
    public Response providers(@Context ContainerRequestContext request) {
        return reports.providers(keyId(request), request);
    }

    /** Returns the providers as a table. */
    @GET
    @Path("providers")
    @Produces(RATHER_JSON)
    @Hidden
    public Response providersTable(@Context ContainerRequestContext request) {
        return reports.providersTable(keyId(request), request);
    }

    /** File types and their categories. */
    @GET
    @Path("file-types")
    @Produces(MediaType.APPLICATION_JSON)
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = FileTypesReport.class)))
    public Response fileTypes(@Context ContainerRequestContext request) {
        return reports.fileTypes(keyId(request), request);
    }

    /** Returns what is not settled yet, from Redis alone. */
    @GET
    @Path("live")
    @Produces(MediaType.APPLICATION_JSON)
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = LiveReport.class)))
    public Response live(@Context ContainerRequestContext request) {
        return reports.live(keyId(request), request);
    }
}
