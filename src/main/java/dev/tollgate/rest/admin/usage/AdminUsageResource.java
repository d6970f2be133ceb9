package dev.tollgate.rest.admin.usage;

import dev.tollgate.core.analytics.grouped.GroupedUsage;
import dev.tollgate.core.analytics.grouped.GroupedUsageQuery;
import dev.tollgate.core.analytics.grouped.ReportRefusedException;
import dev.tollgate.core.analytics.query.BadQueryException;
import dev.tollgate.core.paging.PageRequest;
import dev.tollgate.core.problem.Problem;
import dev.tollgate.core.problem.Problems;
import dev.tollgate.rest.admin.AdminAuditor;
import dev.tollgate.rest.admin.AdminOnly;
import dev.tollgate.rest.analytics.KeyReports;
import dev.tollgate.rest.analytics.ReportSerializer;
import dev.tollgate.rest.support.ProblemException;
import dev.tollgate.rest.support.QueryParameters;
import io.swagger.v3.oas.annotations.Hidden;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Objects;

/** The settled usage of all accounts at once, for administrators: who used most, or what goes on an invoice. */
@Path("api/v1/admin/usage")
@Produces(MediaType.APPLICATION_JSON)
@AdminOnly
@Dependent
public class AdminUsageResource {

    private static final String RATHER_JSON = KeyReports.CSV + ";qs=0.5";
    private static final int LONGEST_PARAMETER = 200;
    private static final long RETRY_SECONDS = 10;

    private final GroupedUsage usage;
    private final AdminAuditor record;

    /** Makes the resource from its ports; the auditor has the clock. */
    @Inject
    public AdminUsageResource(GroupedUsage usage, AdminAuditor record) {
        this.usage = usage;
        this.record = record;
    }

    /**
     * Sums the settled usage of all accounts, by {@code group}: account, key, provider, day, month or some of them. Days from
     * {@code from} to {@code to} count, which are this month's unless given, 366 at most. Most requests come first, or what
     * {@code sort} says: a column that is shown, after {@code -} for descending. As a table it has no pages.
     */
    @GET
    @Parameter(ref = "fromDay")
    @Parameter(ref = "toDay")
    @Parameter(ref = "group")
    @Parameter(ref = "accountId")
    @Parameter(ref = "keyId")
    @Parameter(ref = "provider")
    @Parameter(ref = "sortUsage")
    @Parameter(ref = "page")
    @Parameter(ref = "size")
    @ApiResponse(
            responseCode = "200",
            content = {
                @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = UsageReport.class)),
                @Content(mediaType = KeyReports.CSV, schema = @Schema(types = "string"))
            })
    public Response list(@Context UriInfo uri) {
        QueryParameters parameters = QueryParameters.of(uri);
        PageRequest request = parameters.pageWithoutText();
        GroupedUsageQuery query = query(parameters);
        GroupedUsage.Result result;
        try {
            result = usage.page(query, request);
        } catch (ReportRefusedException e) {
            throw new ProblemException(problem(e.reason()));
        }
        UsageReport report = UsageReport.of(query, request, result, now());
        return Response.ok(ReportSerializer.json(report, ""), MediaType.APPLICATION_JSON_TYPE.withCharset("utf-8"))
                .header(HttpHeaders.VARY, HttpHeaders.ACCEPT)
                .build();
    }

    /** Returns all groups as a table. */
    @GET
    @Produces(RATHER_JSON)
    @Hidden
    public Response table(@Context UriInfo uri) {
        return export(uri);
    }

    /** Returns all groups of the same report as a table, a million rows at most, with the columns that they are grouped by. */
    @GET
    @Path("export")
    @Produces(KeyReports.CSV)
    @Parameter(ref = "fromDay")
    @Parameter(ref = "toDay")
    @Parameter(ref = "group")
    @Parameter(ref = "accountId")
    @Parameter(ref = "keyId")
    @Parameter(ref = "provider")
    @Parameter(ref = "sortUsage")
    @ApiResponse(
            responseCode = "200",
            description = "The table, with a line of names.",
            content = @Content(mediaType = KeyReports.CSV, schema = @Schema(types = "string")))
    public Response export(@Context UriInfo uri) {
        UsageTable table = new UsageTable(usage, query(QueryParameters.of(uri)));
        return Response.ok(table, KeyReports.CSV + ";charset=utf-8;header=present")
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"tollgate-usage.csv\"")
                .header(HttpHeaders.VARY, HttpHeaders.ACCEPT)
                .build();
    }

    private GroupedUsageQuery query(QueryParameters parameters) {
        GroupedUsageQuery.PARAMETERS.forEach(name -> parameters.text(name, LONGEST_PARAMETER));
        parameters.end();
        LocalDate today = now().atOffset(ZoneOffset.UTC).toLocalDate();
        try {
            return GroupedUsageQuery.parse(
                    name -> parameters.text(name, LONGEST_PARAMETER).orElse(null), today);
        } catch (BadQueryException e) {
            throw new ProblemException(Problems.badParameter(e.parameter(), Objects.requireNonNull(e.getMessage())));
        }
    }

    private Instant now() {
        return Instant.ofEpochMilli(record.nowMillis());
    }

    static Problem problem(ReportRefusedException.Reason reason) {
        return switch (reason) {
            case TOO_MANY_ROWS ->
                Problems.badParameter(
                        "group",
                        "The table would have more than " + GroupedUsage.MAX_TABLE_ROWS
                                + " rows. Ask for fewer days, for one account or provider, or group by less.");
            case TOO_SLOW ->
                Problems.unavailable(
                        "REPORT_TOO_SLOW",
                        "The database took too long for this report. Ask for fewer days, or group by less.",
                        RETRY_SECONDS);
            case TOO_MANY_REPORTS ->
                Problems.unavailable(
                        "TOO_MANY_REPORTS",
                        "As many reports are under way on this node as it makes at a time. Try again later.",
                        RETRY_SECONDS);
        };
    }
}
