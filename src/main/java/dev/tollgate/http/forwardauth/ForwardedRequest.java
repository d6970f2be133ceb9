package dev.tollgate.http.forwardauth;

import dev.tollgate.http.route.RawPath;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.Enumeration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A reverse proxy's request seen as the client's request that it asks about, named by {@code X-Forwarded-Method} and {@code
 * X-Forwarded-Uri}. The gate sees that method, and that path below the path of the check, so that route policies can tell
 * originals apart. It does not check whether the sender may be believed.
 */
final class ForwardedRequest extends HttpServletRequestWrapper {

    /** The header field with the original's method. */
    static final String METHOD = "X-Forwarded-Method";

    /** The header field with the original's path and query. */
    static final String URI = "X-Forwarded-Uri";

    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,50}");

    private final String method;
    private final String rawPath;
    private final String path;

    private ForwardedRequest(HttpServletRequest asked, String method, String rawPath, String path) {
        super(asked);
        this.method = method;
        this.rawPath = rawPath;
        this.path = asked.getServletPath() + path;
    }

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException naming the header field that is absent, twice there or not to be understood
     */
    static ForwardedRequest of(HttpServletRequest asked) {
        String method = one(asked, METHOD);
        if (!TOKEN.matcher(method).matches()) {
            throw new IllegalArgumentException(METHOD + " is not a method");
        }
        String uri = one(asked, URI);
        int query = uri.indexOf('?');
        String rawPath = query < 0 ? uri : uri.substring(0, query);
        String path = rawPath.startsWith("/") ? RawPath.decoded(rawPath) : null;
        if (path == null) {
            throw new IllegalArgumentException(URI + " is not a path in UTF-8");
        }
        return new ForwardedRequest(asked, method, rawPath, path);
    }

    private static String one(HttpServletRequest asked, String name) {
        Enumeration<String> values = asked.getHeaders(name);
        String value = values != null && values.hasMoreElements() ? values.nextElement() : "";
        if (value.isEmpty() || values.hasMoreElements()) {
            throw new IllegalArgumentException(name + " must be there, once");
        }
        return value;
    }

    @Override
    public String getMethod() {
        return method;
    }

    @Override
    public String getServletPath() {
        return path;
    }

    @Override
    public @Nullable String getPathInfo() {
        return null;
    }

    /** Where the client sees itself, for the problem's {@code instance}. */
    @Override
    public String getRequestURI() {
        return rawPath;
    }
}
