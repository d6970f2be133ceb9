package dev.tollgate.rest.analytics;

import dev.tollgate.core.analytics.Analytics;
import dev.tollgate.core.analytics.DailyReport;
import dev.tollgate.core.analytics.Day;
import dev.tollgate.core.analytics.FileTypesReport;
import dev.tollgate.core.analytics.LiveReport;
import dev.tollgate.core.analytics.ProviderDetail;
import dev.tollgate.core.analytics.ProvidersReport;
import dev.tollgate.core.analytics.ReportMeta;
import dev.tollgate.core.analytics.UploadReport;
import dev.tollgate.core.analytics.query.BadQueryException;
import dev.tollgate.core.analytics.query.DailyQuery;
import dev.tollgate.core.analytics.query.ProvidersQuery;
import dev.tollgate.core.analytics.query.ReportQuery;
import dev.tollgate.core.analytics.query.UploadQuery;
import dev.tollgate.core.problem.Problems;
import dev.tollgate.rest.support.ProblemException;
import dev.tollgate.rest.support.QueryParameters;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * The reports of any key as HTTP answers: strictly read queries, JSON or CSV, and an entity tag that tells a client when
 * nothing has changed. Thread-safe.
 */
public final class KeyReports {

    /** The media type of tables. */
    public static final String CSV = "text/csv";

    /** The field that a table has if it leaves days out. */
    public static final String TRUNCATED = "X-Tollgate-Truncated";

    private static final String LEFT_OUT =
            "# Older days are left out. Ask with startDate, or with a larger limit, to get them.\r\n";
    private static final String META = "meta";
    private static final int LONGEST_PARAMETER = 100;
    private static final int TAG_BYTES = 16;
    private static final long REDIS_RETRY_SECONDS = 1;

    /** What writes a table's lines. */
    @FunctionalInterface
    private interface Table {
        void writeTo(Writer out) throws IOException;
    }

    private final Analytics analytics;

    KeyReports(Analytics analytics) {
        this.analytics = analytics;
    }

    Response totals(String keyId, ContainerRequestContext request) {
        UploadQuery query =
                query(request, List.of("provider"), (given, today) -> UploadQuery.parse(given.apply("provider")));
        UploadReport report = found(analytics.upload(keyId, query));
        return json(request, report, report.meta());
    }

    Response daily(String keyId, ContainerRequestContext request) {
        DailyReport report = dailyReport(keyId, request);
        return json(request, report, report.meta());
    }

    Response dailyTable(String keyId, ContainerRequestContext request) {
        DailyReport report = dailyReport(keyId, request);
        boolean truncated = report.period().truncated();
        Response answer = table(request, report, report.meta(), "daily", out -> {
            ReportSerializer.csv(out, Day.class, report.days());
            if (truncated) {
                out.write(LEFT_OUT);
            }
        });
        return truncated
                ? Response.fromResponse(answer).header(TRUNCATED, "true").build()
                : answer;
    }

    private DailyReport dailyReport(String keyId, ContainerRequestContext request) {
        DailyQuery query = query(
                request,
                List.of("startDate", "endDate", "limit"),
                (given, today) -> DailyQuery.parse(
                        given.apply("startDate"), given.apply("endDate"), given.apply("limit"), today));
        return found(analytics.daily(keyId, query));
    }

    Response providers(String keyId, ContainerRequestContext request) {
        ProvidersReport report = providersReport(keyId, request);
        return json(request, report, report.meta());
    }

    Response providersTable(String keyId, ContainerRequestContext request) {
        ProvidersReport report = providersReport(keyId, request);
        return table(
                request,
                report,
                report.meta(),
                "providers",
                out -> ReportSerializer.csv(out, ProviderDetail.class, report.providers()));
    }

    private ProvidersReport providersReport(String keyId, ContainerRequestContext request) {
        ProvidersQuery query = query(
                request,
                List.of("provider", "startDate", "endDate"),
                (given, today) -> ProvidersQuery.parse(
                        given.apply("provider"), given.apply("startDate"), given.apply("endDate"), today));
        return found(analytics.providers(keyId, query));
    }

    Response fileTypes(String keyId, ContainerRequestContext request) {
        QueryParameters.none(request.getUriInfo());
        FileTypesReport report = found(analytics.fileTypes(keyId));
        return json(request, report, report.meta());
    }

    Response live(String keyId, ContainerRequestContext request) {
        QueryParameters.none(request.getUriInfo());
        LiveReport report = analytics
                .live(keyId)
                .orElseThrow(() -> new ProblemException(Problems.unavailable(
                        "REDIS_UNAVAILABLE",
                        "Live usage is kept in Redis, which does not answer at the moment. Try again later.",
                        REDIS_RETRY_SECONDS)));
        return json(request, report, report.meta());
    }

    private <Q extends ReportQuery> Q query(
            ContainerRequestContext request,
            List<String> names,
            BiFunction<Function<String, String>, LocalDate, Q> parse) {
        QueryParameters parameters = QueryParameters.of(request.getUriInfo());
        names.forEach(name -> parameters.text(name, LONGEST_PARAMETER));
        parameters.end();
        try {
            return parse.apply(name -> parameters.text(name, LONGEST_PARAMETER).orElse(null), analytics.today());
        } catch (BadQueryException e) {
            throw new ProblemException(Problems.badParameter(e.parameter(), Objects.requireNonNull(e.getMessage())));
        }
    }

    private static <R> R found(Optional<R> report) {
        return report.orElseThrow(() -> new ProblemException(Problems.notFound("There is no such API key.")));
    }

    private static Response json(ContainerRequestContext request, Record report, ReportMeta meta) {
        String content = ReportSerializer.json(report, META);
        EntityTag tag = tag(content, meta, MediaType.APPLICATION_JSON);
        return unchanged(request, tag).orElseGet(() -> {
            String whole = content.substring(0, content.length() - 1) + ",\"" + META + "\":"
                    + ReportSerializer.json(meta, "") + "}";
            return headed(Response.ok(whole, MediaType.APPLICATION_JSON_TYPE.withCharset("utf-8")), tag)
                    .build();
        });
    }

    private static Response table(
            ContainerRequestContext request, Record report, ReportMeta meta, String name, Table rows) {
        EntityTag tag = tag(ReportSerializer.json(report, META), meta, CSV);
        return unchanged(request, tag).orElseGet(() -> {
            StreamingOutput lines = out -> {
                try (Writer text = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8))) {
                    rows.writeTo(text);
                }
            };
            return headed(Response.ok(lines, CSV + ";charset=utf-8;header=present"), tag)
                    .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"tollgate-" + name + ".csv\"")
                    .build();
        });
    }

    private static Optional<Response> unchanged(ContainerRequestContext request, EntityTag tag) {
        Response.ResponseBuilder answer = request.getRequest().evaluatePreconditions(tag);
        return Optional.ofNullable(answer).map(builder -> headed(builder, tag).build());
    }

    private static Response.ResponseBuilder headed(Response.ResponseBuilder answer, EntityTag tag) {
        return answer.tag(tag)
                .header(HttpHeaders.CACHE_CONTROL, "private, max-age=0")
                .header(HttpHeaders.VARY, "Accept, Authorization, X-API-Key");
    }

    /** Returns a tag that changes only with the numbers, whenever they were added up and wherever they came from. */
    private static EntityTag tag(String content, ReportMeta meta, String mediaType) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((mediaType + meta.pendingIncluded()).getBytes(StandardCharsets.UTF_8));
            byte[] hash = digest.digest(content.getBytes(StandardCharsets.UTF_8));
            return new EntityTag(
                    Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(hash, TAG_BYTES)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
