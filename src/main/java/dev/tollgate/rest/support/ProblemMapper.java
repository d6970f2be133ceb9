package dev.tollgate.rest.support;

import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.problem.Problem;
import dev.tollgate.core.problem.Problems;
import dev.tollgate.core.trace.CurrentRequest;
import jakarta.json.JsonException;
import jakarta.json.bind.JsonbException;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.text.ParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A mapper of exceptions to problem documents. It logs faults of Tollgate's own once, and does not show them. */
@Provider
public final class ProblemMapper implements ExceptionMapper<Throwable>, ContainerResponseFilter {

    private static final System.Logger LOG = System.getLogger(ProblemMapper.class.getName());
    private static final long DATABASE_RETRY_SECONDS = 2;

    private static final Pattern FIELD = Pattern.compile("\"([A-Za-z-]{1,50})\"");

    @Context
    private UriInfo uri;

    @Override
    public Response toResponse(Throwable failure) {
        if (failure instanceof ProblemException known) {
            return response(known.problem(), uri);
        }
        if (failure instanceof WebApplicationException refused) {
            return refused(refused.getResponse());
        }
        if (failure instanceof DatabaseUnavailableException) {
            return response(
                    Problems.unavailable(
                            "DIRECTORY_UNAVAILABLE",
                            "The database cannot be reached at the moment. Try again later.",
                            DATABASE_RETRY_SECONDS),
                    uri);
        }
        if (failure instanceof JsonException
                || failure instanceof JsonbException
                || (failure instanceof ProcessingException
                        && (failure.getCause() instanceof JsonbException
                                || failure.getCause() instanceof JsonException))) {
            return response(
                    Problems.badRequest("The body is not the JSON that this path takes. /openapi.json describes it."),
                    uri);
        }
        if (failure instanceof ProcessingException && failure.getCause() instanceof ParseException) {
            return response(Problems.badRequest(unreadable(failure.getMessage())), uri);
        }
        LOG.log(
                System.Logger.Level.ERROR,
                "a request failed: request="
                        + CurrentRequest.id().orElse("-") + " path="
                        + Problems.internalError().at(place(uri)).instance(),
                failure);
        return response(Problems.internalError(), uri);
    }

    /** Names the header field that Jersey could not read. Its message has the name in quotes, and then the value. */
    private static String unreadable(@Nullable String message) {
        Matcher name = FIELD.matcher(message == null ? "" : message);
        String field = name.find() ? "The header field " + name.group(1) : "A header field of the request";
        return field + " cannot be read. Check its syntax, or leave it out.";
    }

    /**
     * Jersey answers header fields it cannot read by itself, with a bare 400. It also copies parameters of {@code Accept} to the
     * answer's type, such as a character set that does not exist. JSON keeps UTF-8 alone, which it is written in.
     */
    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        MediaType type = response.getMediaType();
        if (type != null
                && MediaType.APPLICATION_JSON_TYPE.isCompatible(type)
                && !type.getParameters().isEmpty()
                && !"utf-8".equalsIgnoreCase(type.getParameters().get(MediaType.CHARSET_PARAMETER))) {
            response.getHeaders().putSingle(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON_TYPE);
        }
        if (response.getStatus() >= 400 && !response.hasEntity()) {
            Problem bare = problem(response.getStatus()).at(place(request.getUriInfo()));
            response.setEntity(bare.json(), null, MediaType.valueOf(Problem.MEDIA_TYPE));
            bare.headers((name, value) -> response.getHeaders().putSingle(name, value));
        }
    }

    private Response refused(Response refusal) {
        int status = refusal.getStatus();
        if (status < 400) {
            return refusal;
        }
        Response.ResponseBuilder answer = Response.fromResponse(response(problem(status), uri));
        String allow = refusal.getHeaderString(HttpHeaders.ALLOW);
        return (allow == null ? answer : answer.header(HttpHeaders.ALLOW, allow)).build();
    }

    private static Problem problem(int status) {
        return switch (status) {
            case 400 -> Problems.badRequest("The request cannot be read. Check its header fields and parameters.");
            case 403 ->
                Problems.forbidden("This needs a permission that you do not have. Ask an administrator for it.");
            case 404 -> Problems.notFound("There is nothing at this path. /openapi.json lists the paths there are.");
            case 405 -> Problems.methodNotAllowed();
            case 406 ->
                Problem.of(406, "NOT_ACCEPTABLE", "The answer is JSON. Accept application/json.")
                        .build();
            case 415 ->
                Problems.unsupportedMediaType(
                        "This path does not take the body's media type. /openapi.json says which it takes.");
            case 503 ->
                Problems.unavailable("UNAVAILABLE", "The server cannot answer at the moment. Try again later.", 1);
            default ->
                Problem.of(
                                status,
                                "HTTP_" + status,
                                "The request was refused. The operator finds it by the request id.")
                        .build();
        };
    }

    /** Returns the answer that shows a problem which happened at the request's path. */
    static Response response(Problem problem, @Nullable UriInfo uri) {
        Problem placed = problem.at(place(uri));
        Response.ResponseBuilder answer =
                Response.status(placed.status()).type(Problem.MEDIA_TYPE).entity(placed.json());
        placed.headers(answer::header);
        return answer.build();
    }

    private static @Nullable String place(@Nullable UriInfo uri) {
        return uri == null ? null : uri.getRequestUri().getRawPath();
    }
}
