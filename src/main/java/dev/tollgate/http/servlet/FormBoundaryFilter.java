package dev.tollgate.http.servlet;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A filter before JAX-RS that quotes the boundary of a form where the client did not, though it holds characters such as
 * {@code =} or {@code /}. Such a {@code Content-Type} is no media type (RFC 9110), so JAX-RS refuses it unseen. Thread-safe.
 */
public final class FormBoundaryFilter implements Filter {

    private static final String CONTENT_TYPE = "Content-Type";
    private static final String FORM = "multipart/form-data";

    private static final String BOUNDARY = "boundary";

    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request instanceof HttpServletRequest http) {
            String type = http.getHeader(CONTENT_TYPE);
            String readable = type == null ? null : quoted(type);
            if (readable != null && !readable.equals(type)) {
                chain.doFilter(new Retyped(http, readable), response);
                return;
            }
        }
        chain.doFilter(request, response);
    }

    /** Returns a Content-Type with its boundary in quotes, if it is a form's and needs some; else as it is. */
    static String quoted(String type) {
        if (!type.strip().toLowerCase(Locale.ROOT).startsWith(FORM)) {
            return type;
        }
        int end = endOfParameter(type, 0);
        while (end < type.length()) {
            int begin = end + 1;
            end = endOfParameter(type, begin);
            String parameter = type.substring(begin, end);
            int equals = parameter.indexOf('=');
            if (equals >= 0 && parameter.substring(0, equals).strip().equalsIgnoreCase(BOUNDARY)) {
                String value = parameter.substring(equals + 1).strip();
                return value.isEmpty()
                                || value.indexOf('"') >= 0
                                || TOKEN.matcher(value).matches()
                        ? type
                        : type.substring(0, begin + equals + 1)
                                + '"'
                                + value.replace("\\", "\\\\")
                                + '"'
                                + type.substring(end);
            }
        }
        return type;
    }

    /** Returns where the next semicolon outside quotes is, or the end. */
    private static int endOfParameter(String type, int from) {
        boolean inQuotes = false;
        int i = from;
        while (i < type.length() && (inQuotes || type.charAt(i) != ';')) {
            if (type.charAt(i) == '"') {
                inQuotes = !inQuotes;
            } else if (inQuotes && type.charAt(i) == '\\') {
                i++;
            }
            i++;
        }
        return Math.min(i, type.length());
    }

    private static final class Retyped extends HttpServletRequestWrapper {

        private final String type;

        Retyped(HttpServletRequest request, String type) {
            super(request);
            this.type = type;
        }

        @Override
        public String getContentType() {
            return type;
        }

        @Override
        public @Nullable String getHeader(String name) {
            return CONTENT_TYPE.equalsIgnoreCase(name) ? type : super.getHeader(name);
        }

        @Override
        public Enumeration<String> getHeaders(String name) {
            return CONTENT_TYPE.equalsIgnoreCase(name)
                    ? Collections.enumeration(List.of(type))
                    : super.getHeaders(name);
        }
    }
}
