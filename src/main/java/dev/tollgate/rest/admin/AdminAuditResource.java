package dev.tollgate.rest.admin;

import dev.tollgate.core.account.Accounts;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.audit.AuditLog;
import dev.tollgate.core.paging.Page;
import dev.tollgate.core.paging.PageRequest;
import dev.tollgate.rest.analytics.KeyReports;
import dev.tollgate.rest.analytics.ReportSerializer;
import dev.tollgate.rest.support.QueryParameters;
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
import jakarta.ws.rs.core.StreamingOutput;
import jakarta.ws.rs.core.UriInfo;
import java.io.BufferedWriter;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The audit trail, for administrators. */
@Path("api/v1/admin/audit")
@Produces(MediaType.APPLICATION_JSON)
@AdminOnly
@Dependent
public class AdminAuditResource {

    private static final int BATCH = 1_000;
    private static final int MAX_EXPORTED = 100_000;

    private final AuditLog log;
    private final Accounts accounts;

    /**
     * A row.
     *
     * @param id rises with time of writing
     * @param at when it happened
     * @param type what happened
     * @param caller whom it concerns, the account's id, or {@code ip:} and the address; null if it concerns no caller
     * @param callerName the account's name as it is now; null for an address
     * @param actor who did it
     * @param details what else there is to say
     */
    public record AuditView(
            long id,
            Instant at,
            AuditEvent.Type type,
            @Nullable String caller,
            @Nullable String callerName,
            String actor,
            Map<String, String> details) {

        static AuditView of(AuditLog.Row row, Map<String, String> names) {
            String name = row.caller() == null ? null : names.get(row.caller());
            return new AuditView(row.id(), row.at(), row.type(), row.caller(), name, row.actor(), row.details());
        }
    }

    /** Over the given log; accounts are asked for their names. */
    @Inject
    public AdminAuditResource(AuditLog log, Accounts accounts) {
        this.log = log;
        this.accounts = accounts;
    }

    /**
     * Returns rows, newest first; {@code caller}, {@code type} (some, separated by commas), {@code from} (inclusive) and
     * {@code to} (exclusive) narrow.
     */
    @GET
    @Parameter(ref = "caller")
    @Parameter(ref = "type")
    @Parameter(ref = "from")
    @Parameter(ref = "to")
    @Parameter(ref = "page")
    @Parameter(ref = "size")
    @Parameter(ref = "q")
    public Page<AuditView> list(@Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        AuditLog.Filter filter = filter(query);
        PageRequest page = query.page();
        query.end();
        Page<AuditLog.Row> rows = log.page(filter, page);
        Map<String, String> names = accounts.names(rows.items().stream()
                .map(AuditLog.Row::caller)
                .filter(Objects::nonNull)
                .distinct()
                .toList());
        return rows.map(row -> AuditView.of(row, names));
    }

    /** Returns the rows as a table, the newest 100,000 of those that the same parameters let through. */
    @GET
    @Path("export")
    @Produces(KeyReports.CSV)
    @Parameter(ref = "caller")
    @Parameter(ref = "type")
    @Parameter(ref = "from")
    @Parameter(ref = "to")
    @Parameter(ref = "q")
    @ApiResponse(
            responseCode = "200",
            description = "The table, with a line of names.",
            content = @Content(mediaType = KeyReports.CSV, schema = @Schema(types = "string")))
    public Response table(@Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        AuditLog.Filter filter = filter(query);
        String q = query.text("q", PageRequest.MAX_Q).map(String::strip).orElse("");
        query.end();
        List<AuditLog.Row> first = log.after(filter, q, Optional.empty(), BATCH);
        StreamingOutput lines = out -> {
            try (Writer text = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8))) {
                text.write("at,type,caller,actor,details\r\n");
                List<AuditLog.Row> rows = first;
                for (int written = 0; !rows.isEmpty() && written < MAX_EXPORTED; written += rows.size()) {
                    for (AuditLog.Row row : rows) {
                        text.write(line(row));
                    }
                    AuditLog.Row last = rows.get(rows.size() - 1);
                    rows = rows.size() < BATCH ? List.of() : log.after(filter, q, Optional.of(last), BATCH);
                }
            }
        };
        return Response.ok(lines, KeyReports.CSV + ";charset=utf-8;header=present")
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"tollgate-audit.csv\"")
                .build();
    }

    private static AuditLog.Filter filter(QueryParameters query) {
        return new AuditLog.Filter(
                query.text("caller", 200),
                query.someOf("type", AuditEvent.Type.class),
                query.instant("from"),
                query.instant("to"));
    }

    private static String line(AuditLog.Row row) {
        String details = row.details().entrySet().stream()
                .map(detail -> detail.getKey() + "=" + detail.getValue())
                .sorted()
                .collect(Collectors.joining("; "));
        return Stream.of(
                                row.at().toString(),
                                row.type().name(),
                                row.caller() == null ? "" : row.caller(),
                                row.actor(),
                                details)
                        .map(ReportSerializer::cell)
                        .collect(Collectors.joining(","))
                + "\r\n";
    }
}
