package dev.tollgate.http.servlet;

import dev.tollgate.config.Settings;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;

/**
 * The rules by which pages of other origins may read Tollgate's answers (CORS), as {@code tollgate.cors.origins} says. Immutable.
 */
public final class CrossOrigin {

    /** The rules that allow nobody. */
    public static final CrossOrigin OFF = new CrossOrigin(AllowedOrigins.NONE);

    /** The header fields of the gate, on any answer, and the one that reports add. */
    public static final String EXPOSED = "RateLimit, RateLimit-Policy, X-RateLimit-Limit, X-RateLimit-Remaining,"
            + " X-RateLimit-Reset, Retry-After, X-Request-Id, WWW-Authenticate, X-Tollgate-Truncated,"
            + " Deprecation, Sunset";

    private static final String ORIGIN = "Origin";
    private static final String VARY = "Vary";
    private static final String ALLOW_ORIGIN = "Access-Control-Allow-Origin";
    private static final String ALLOW_CREDENTIALS = "Access-Control-Allow-Credentials";
    private static final String EXPOSE = "Access-Control-Expose-Headers";

    private final AllowedOrigins origins;

    private CrossOrigin(AllowedOrigins origins) {
        this.origins = origins;
    }

    /**
     * As the settings say.
     *
     * @throws dev.tollgate.config.BadSettingException if any origin may send credentials
     */
    public static CrossOrigin of(Settings settings) {
        return new CrossOrigin(AllowedOrigins.of(settings));
    }

    /** Whether any origin is allowed. */
    public boolean isOn() {
        return !origins.isEmpty();
    }

    /** Returns the origin of a request's page if it is an allowed one; else null. */
    private @Nullable String allowed(HttpServletRequest request) {
        String origin = request.getHeader(ORIGIN);
        return origin != null && origins.include(origin) ? origin : null;
    }

    /** Whether the request comes from a page of an allowed origin. */
    boolean allows(HttpServletRequest request) {
        return isOn() && allowed(request) != null;
    }

    /** Lets the page that asked read an answer of Tollgate's own, if its origin is allowed. */
    public void allow(HttpServletRequest request, HttpServletResponse response) {
        if (!isOn()) {
            return;
        }
        // Also for other origins: a cache must not give them the answer for an allowed one, nor the other way round.
        response.addHeader(VARY, ORIGIN);
        String origin = allowed(request);
        if (origin != null) {
            response.setHeader(ALLOW_ORIGIN, origins.areAll() ? AllowedOrigins.ALL : origin);
            if (origins.credentials()) {
                response.setHeader(ALLOW_CREDENTIALS, "true");
            }
            response.setHeader(EXPOSE, EXPOSED);
        }
    }

    /**
     * Returns the response for what is behind the gate. Whether a page may read it is for that to say; to what it lets pages
     * read, the gate's fields are added.
     */
    public HttpServletResponse exposing(HttpServletRequest request, HttpServletResponse response) {
        if (!allows(request)) {
            return response;
        }
        response.setHeader(EXPOSE, EXPOSED);
        return new Added(response, EXPOSE, EXPOSED);
    }

    /** Returns the response for Tollgate's own resources, which keeps what {@link #allow} has written. */
    HttpServletResponse own(HttpServletRequest request, HttpServletResponse response) {
        allow(request, response);
        return isOn() ? new Added(response, VARY, ORIGIN) : response;
    }

    /** A response whose list in one field always has our words, also when that field is set anew. */
    private static final class Added extends HttpServletResponseWrapper {

        private final String field;
        private final String words;

        Added(HttpServletResponse response, String field, String words) {
            super(response);
            this.field = field;
            this.words = words;
        }

        @Override
        public void setHeader(String name, @Nullable String value) {
            boolean ours = field.equalsIgnoreCase(name);
            super.setHeader(name, !ours ? value : value == null || value.isBlank() ? words : value + ", " + words);
        }

        @Override
        public void reset() {
            super.reset();
            super.setHeader(field, words);
        }
    }
}
