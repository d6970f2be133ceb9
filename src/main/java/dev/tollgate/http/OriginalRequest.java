package dev.tollgate.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Enumeration;
import java.util.regex.Pattern;

/**
 * A reverse proxy's question, taken for the request it is about: by {@code X-Forwarded-Method} and {@code X-Forwarded-Uri}.
 * To the gate it has that method, and that path below the one that was asked, so that route policies can tell originals
 * apart. Whether the sender is to be believed is for the caller to find out.
 */
final class OriginalRequest extends HttpServletRequestWrapper {

    /** The header field with the original's method. */
    static final String METHOD = "X-Forwarded-Method";

    /** The header field with the original's path and query. */
    static final String URI = "X-Forwarded-Uri";

    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,50}");

    private final String method;
    private final String rawPath;
    private final String path;

    private OriginalRequest(HttpServletRequest asked, String method, String rawPath, String path) {
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
    static OriginalRequest of(HttpServletRequest asked) {
        String method = one(asked, METHOD);
        if (!TOKEN.matcher(method).matches()) {
            throw new IllegalArgumentException(METHOD + " is not a method");
        }
        String uri = one(asked, URI);
        int query = uri.indexOf('?');
        String rawPath = query < 0 ? uri : uri.substring(0, query);
        String path = rawPath.startsWith("/") ? decoded(rawPath) : null;
        if (path == null) {
            throw new IllegalArgumentException(URI + " is not a path in UTF-8");
        }
        return new OriginalRequest(asked, method, rawPath, path);
    }

    private static String one(HttpServletRequest asked, String name) {
        Enumeration<String> values = asked.getHeaders(name);
        String value = values != null && values.hasMoreElements() ? values.nextElement() : "";
        if (value.isEmpty() || values.hasMoreElements()) {
            throw new IllegalArgumentException(name + " must be there, once");
        }
        return value;
    }

    /**
     * Decoded but for encoded slashes, which {@link RoutePath} then refuses as it does elsewhere; null if it is no UTF-8.
     * Containers give header fields' octets as characters.
     */
    private static String decoded(String raw) {
        ByteBuffer octets = ByteBuffer.allocate(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            int encoded = c == '%' ? encoded(raw, i + 1) : c;
            if (encoded < 0 || encoded > 0xff) {
                return null;
            }
            if (c == '%' && encoded == '/') {
                octets.put((byte) c);
            } else {
                octets.put((byte) encoded);
                i += c == '%' ? 2 : 0;
            }
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(octets.flip()).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static int encoded(String raw, int at) {
        int high = at + 1 < raw.length() ? Character.digit(raw.charAt(at), 16) : -1;
        int low = high < 0 ? -1 : Character.digit(raw.charAt(at + 1), 16);
        return low < 0 ? -1 : high * 16 + low;
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
    public String getPathInfo() {
        return null;
    }

    /** Where the client sees itself, for the problem's {@code instance}. */
    @Override
    public String getRequestURI() {
        return rawPath;
    }
}
