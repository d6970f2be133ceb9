package dev.tollgate.bench.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.NoSuchElementException;

/**
 * A request and its response that allocate nothing themselves, to tell what the filter allocates. They serve again and again,
 * and have what the filter asks for: anything else fails. Not thread-safe.
 */
public final class LightExchange {

    private final Request request = new Request();
    private final Response response = new Response();

    /** Returns the request. */
    public HttpServletRequest request() {
        return request;
    }

    /** Returns the response. */
    public HttpServletResponse response() {
        return response;
    }

    /** Returns the number of header fields that were set since the request began. */
    public int fields() {
        return response.fields;
    }

    /**
     * Makes the request one that was not seen before.
     *
     * @param field the one header field that says who sends it
     * @param value the field's
     */
    public void begin(String field, String value) {
        request.field = field;
        request.value = value;
        request.attributes = 0;
        Arrays.fill(request.values, null);
        response.fields = 0;
    }

    private static <T> T failing(Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    throw new UnsupportedOperationException(method.toString());
                }));
    }

    /** One value, or none, again and again. */
    private static final class Values implements Enumeration<String> {

        private String value;

        Values of(String one) {
            value = one;
            return this;
        }

        @Override
        public boolean hasMoreElements() {
            return value != null;
        }

        @Override
        public String nextElement() {
            if (value == null) {
                throw new NoSuchElementException();
            }
            String next = value;
            value = null;
            return next;
        }
    }

    /** A request for one page, with one header field. */
    private static final class Request extends HttpServletRequestWrapper {

        private static final int MAX_ATTRIBUTES = 32;

        private final String[] names = new String[MAX_ATTRIBUTES];
        private final Object[] values = new Object[MAX_ATTRIBUTES];
        private final Values headers = new Values();
        private String field = "";
        private String value;
        private int attributes;

        Request() {
            super(failing(HttpServletRequest.class));
        }

        @Override
        public Object getAttribute(String name) {
            for (int i = 0; i < attributes; i++) {
                if (names[i].equals(name)) {
                    return values[i];
                }
            }
            return null;
        }

        @Override
        public void setAttribute(String name, Object value) {
            for (int i = 0; i < attributes; i++) {
                if (names[i].equals(name)) {
                    values[i] = value;
                    return;
                }
            }
            names[attributes] = name;
            values[attributes++] = value;
        }

        @Override
        public String getHeader(String name) {
            return name.equalsIgnoreCase(field) ? value : null;
        }

        @Override
        public Enumeration<String> getHeaders(String name) {
            return headers.of(getHeader(name));
        }

        @Override
        public String getMethod() {
            return "GET";
        }

        @Override
        public String getContextPath() {
            return "/app";
        }

        @Override
        public String getRequestURI() {
            return "/app/kilobyte";
        }

        @Override
        public String getServletPath() {
            return "/kilobyte";
        }

        @Override
        public String getPathInfo() {
            return null;
        }

        @Override
        public String getRemoteAddr() {
            return "192.0.2.7";
        }

        @Override
        public boolean isAsyncStarted() {
            return false;
        }
    }

    /** A response that counts its header fields. */
    private static final class Response extends HttpServletResponseWrapper {

        private int fields;

        Response() {
            super(failing(HttpServletResponse.class));
        }

        @Override
        public void setHeader(String name, String value) {
            fields++;
        }

        @Override
        public int getStatus() {
            return SC_OK;
        }
    }
}
