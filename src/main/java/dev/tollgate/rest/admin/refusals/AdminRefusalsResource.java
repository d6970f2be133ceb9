package dev.tollgate.rest.admin.refusals;

import dev.tollgate.core.account.Accounts;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.paging.Page;
import dev.tollgate.core.paging.PageRequest;
import dev.tollgate.core.refusal.RefusalLog;
import dev.tollgate.core.refusal.RefusalRow;
import dev.tollgate.rest.admin.AdminOnly;
import dev.tollgate.rest.analytics.KeyReports;
import dev.tollgate.rest.analytics.ReportSerializer;
import dev.tollgate.rest.support.QueryParameters;
import dev.tollgate.rest.support.TextValidation;
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
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** The refusals of the gate, for administrators. */
@Path("api/v1/admin/refusals")
@Produces(MediaType.APPLICATION_JSON)
@AdminOnly
@Dependent
public class AdminRefusalsResource {

    private static final int BATCH = 1_000;
    private static final int MAX_EXPORTED = 100_000;
    private static final int MAX_CALLER = 200;
    private static final int MAX_NAME = 64;

    private final RefusalLog log;
    private final Accounts accounts;

    /** Over the given refusals; accounts are asked for their names. */
    @Inject
    public AdminRefusalsResource(RefusalLog log, Accounts accounts) {
        this.log = log;
        this.accounts = accounts;
    }

    /**
     * Returns rows, newest first; {@code from} (inclusive), {@code to} (exclusive), {@code caller}, {@code route}, {@code code},
     * {@code request} and {@code shadow} narrow. A row stands for the refusals of a minute, and only the first one's id is kept: for
     * the id of another one, or of a request that was not refused, there are no items.
     */
    @GET
    @Parameter(ref = "from")
    @Parameter(ref = "to")
    @Parameter(ref = "caller")
    @Parameter(ref = "routeName")
    @Parameter(ref = "code")
    @Parameter(ref = "request")
    @Parameter(ref = "shadow")
    @Parameter(ref = "page")
    @Parameter(ref = "size")
    public Page<RefusalView> list(@Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        RefusalLog.Filter filter = filter(query);
        PageRequest page = query.pageWithoutText();
        query.end();
        Page<RefusalRow> rows = log.page(filter, page);
        Map<String, String> names = names(rows.items());
        return rows.map(row -> RefusalView.of(row, names));
    }

    /** Returns the rows as a table, the newest 100,000 of those that the same parameters let through. */
    @GET
    @Path("export")
    @Produces(KeyReports.CSV)
    @Parameter(ref = "from")
    @Parameter(ref = "to")
    @Parameter(ref = "caller")
    @Parameter(ref = "routeName")
    @Parameter(ref = "code")
    @Parameter(ref = "request")
    @Parameter(ref = "shadow")
    @ApiResponse(
            responseCode = "200",
            description = "The table, with a line of names.",
            content = @Content(mediaType = KeyReports.CSV, schema = @Schema(types = "string")))
    public Response table(@Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        RefusalLog.Filter filter = filter(query);
        query.end();
        List<RefusalRow> first = log.after(filter, Optional.empty(), BATCH);
        StreamingOutput lines = out -> {
            try (Writer text = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8))) {
                text.write(RefusalView.COLUMNS + "\r\n");
                List<RefusalRow> rows = first;
                for (int written = 0; !rows.isEmpty() && written < MAX_EXPORTED; written += rows.size()) {
                    write(rows, text);
                    RefusalRow last = rows.get(rows.size() - 1);
                    rows = rows.size() < BATCH ? List.of() : log.after(filter, Optional.of(last), BATCH);
                }
            }
        };
        return Response.ok(lines, KeyReports.CSV + ";charset=utf-8;header=present")
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"tollgate-refusals.csv\"")
                .build();
    }

    private void write(List<RefusalRow> rows, Writer text) throws IOException {
        Map<String, String> names = names(rows);
        for (RefusalRow row : rows) {
            text.write(RefusalView.of(row, names)
                    .cells()
                    .map(ReportSerializer::cell)
                    .collect(Collectors.joining(",", "", "\r\n")));
        }
    }

    private Map<String, String> names(List<RefusalRow> rows) {
        return accounts.names(rows.stream()
                .map(RefusalRow::caller)
                .filter(Objects::nonNull)
                .filter(Caller::isAccount)
                .map(Caller::id)
                .distinct()
                .toList());
    }

    private static RefusalLog.Filter filter(QueryParameters query) {
        return new RefusalLog.Filter(
                query.text("caller", MAX_CALLER),
                query.text("route", MAX_NAME),
                form(query, "code", "[A-Z][A-Z_]{0,63}", "must be the code of a problem, such as RATE_LIMIT_EXCEEDED"),
                form(query, "request", "[0-9a-fA-F]{32}", "must be 32 hexadecimal digits, as X-Request-Id has them")
                        .map(id -> id.toLowerCase(Locale.ROOT)),
                form(query, "shadow", "true|false|", "must be true, false, or empty for both")
                        .filter(text -> !text.isEmpty())
                        .map(Boolean::parseBoolean),
                query.instant("from"),
                query.instant("to"));
    }

    private static Optional<String> form(QueryParameters query, String name, String form, String otherwise) {
        Optional<String> text = query.text(name, MAX_CALLER);
        if (text.isPresent() && !text.get().matches(form)) {
            throw TextValidation.bad(name, otherwise);
        }
        return text;
    }
}
