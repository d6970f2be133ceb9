package dev.tollgate.http.filter;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that nobody sent, with an API key, and the response to it. It goes through a filter at the start, so that what every
 * request runs is loaded and compiled. Not thread-safe.
 */
public final class WarmUpExchange {

    private static final String ADDRESS = "192.0.2.1";
    private static final int OK = 200;
    private static final FilterChain NOTHING = (request, response) -> {};

    private final String key;
    private final Map<Object, Object> attributes = new HashMap<>();
    private final HttpServletRequest request = proxy(HttpServletRequest.class, this::ofRequest);
    private final HttpServletResponse response = proxy(HttpServletResponse.class, this::ofResponse);
    private boolean admitted;

    /**
     * @param key the API key that is presented
     */
    public WarmUpExchange(String key) {
        this.key = key;
    }

    /**
     * Sends the request through a filter.
     *
     * @return whether the filter let it pass
     */
    public boolean send(RateLimitFilter filter) {
        attributes.clear();
        admitted = true;
        try {
            filter.doFilter(request, response, NOTHING);
        } catch (IOException | ServletException e) {
            return false;
        }
        return admitted;
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private @Nullable Object ofRequest(Object proxy, Method method, Object @Nullable [] arguments) {
        return switch (method.getName()) {
            case "getAttribute" -> attributes.get(first(arguments));
            case "setAttribute" -> attributes.put(first(arguments), second(arguments));
            case "getMethod" -> "GET";
            case "getRequestURI", "getServletPath" -> "/warm-up";
            case "getContextPath" -> "";
            case "getRemoteAddr" -> ADDRESS;
            case "getHeaders" ->
                Collections.enumeration("X-API-Key".equals(first(arguments)) ? List.of(key) : List.of());
            default -> nothing(method);
        };
    }

    private @Nullable Object ofResponse(Object proxy, Method method, Object @Nullable [] arguments) {
        if (method.getName().equals("setStatus")) {
            admitted = false;
        }
        return method.getName().equals("getStatus") ? OK : nothing(method);
    }

    private static Object first(Object @Nullable [] arguments) {
        return arguments == null ? "" : arguments[0];
    }

    private static Object second(Object @Nullable [] arguments) {
        return arguments == null ? "" : arguments[1];
    }

    private static @Nullable Object nothing(Method method) {
        Class<?> type = method.getReturnType();
        if (type == boolean.class) {
            return false;
        }
        if (type == int.class) {
            return 0;
        }
        return type == long.class ? 0L : null;
    }
}
