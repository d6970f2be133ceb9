package dev.tollgate.http.servlet;

import dev.tollgate.http.route.Preflight;
import dev.tollgate.http.route.RoutePath;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.Predicate;

/**
 * A filter before Tollgate's own endpoints that lets pages of allowed origins read their answers. The console and the
 * administration are left out: they are for Tollgate's own pages. Thread-safe.
 */
public final class CrossOriginFilter implements Filter {

    private static final String ALLOW_METHODS = "Access-Control-Allow-Methods";

    private final CrossOrigin rules;

    /**
     * @param rules which pages may read answers
     */
    public CrossOriginFilter(CrossOrigin rules) {
        this.rules = rules;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        HttpServletRequest asked = (HttpServletRequest) request;
        HttpServletResponse answer = (HttpServletResponse) response;
        chain.doFilter(asked, rules.isOn() && isOpen(asked) ? rules.own(asked, answer) : answer);
    }

    /** Whether pages of other origins have business at a request's path. */
    private static boolean isOpen(HttpServletRequest request) {
        String path = RoutePath.of(request);
        return path != null
                && (path.equals("/openapi.json")
                        || path.startsWith("/health/")
                        || path.startsWith("/api/v1/") && !path.startsWith("/api/v1/admin"));
    }

    /**
     * Returns a filter behind the gate that answers preflights of pages of allowed origins. Those that a reverse proxy asks about
     * are for the backend to answer.
     *
     * @param isCheck whether a request is a reverse proxy's question
     */
    public Filter preflights(Predicate<HttpServletRequest> isCheck) {
        return (request, response, chain) -> {
            HttpServletRequest asked = (HttpServletRequest) request;
            if (Preflight.isOne(asked) && rules.allows(asked) && isOpen(asked) && !isCheck.test(asked)) {
                HttpServletResponse answer = (HttpServletResponse) response;
                answer.setHeader(ALLOW_METHODS, "GET, HEAD, POST");
                answer.setHeader(
                        "Access-Control-Allow-Headers",
                        "Accept, Authorization, Content-Type, If-None-Match, X-API-Key, traceparent, tracestate");
                answer.setHeader("Access-Control-Max-Age", "600");
                answer.setStatus(HttpServletResponse.SC_NO_CONTENT);
            } else {
                chain.doFilter(request, response);
            }
        };
    }
}
