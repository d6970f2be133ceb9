package dev.tollgate.http.forwardauth;

import dev.tollgate.core.problem.Problem;
import dev.tollgate.core.problem.Problems;
import dev.tollgate.http.address.CidrSet;
import dev.tollgate.http.filter.RefusalHeadersResponse;
import dev.tollgate.http.servlet.ProblemWriter;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A filter before the gate for reverse proxies that ask about their clients' requests; docs/forward-auth.md describes each
 * proxy.
 *
 * <p>Where the path ends at {@value #PATH}, the query is the proxy's: {@code original=forwarded} means that header fields name
 * the original request, {@code refusals=fields} asks for refusals that nginx can pass on. A longer path is the original's path
 * with its query, and nothing in it is read. Thread-safe.
 */
public final class ForwardAuth implements Filter {

    /** Where proxies ask. */
    public static final String PATH = "/api/v1/check";

    private static final String ORIGINAL = "original";
    private static final String FORWARDED = "forwarded";
    private static final String REFUSALS = "refusals";
    private static final String FIELDS = "fields";

    private final CidrSet trusted;

    /**
     * @param trusted whose word about the original request is taken
     */
    public ForwardAuth(CidrSet trusted) {
        this.trusted = trusted;
    }

    /** Returns whether a request is a proxy's question, also one that names the original request. */
    public static boolean isCheck(HttpServletRequest request) {
        String path = request.getServletPath();
        return path.startsWith(PATH) && (path.length() == PATH.length() || path.charAt(PATH.length()) == '/');
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        HttpServletRequest asked = (HttpServletRequest) request;
        HttpServletResponse answer = (HttpServletResponse) response;
        if (!PATH.equals(asked.getServletPath()) || asked.getPathInfo() != null || asked.getQueryString() == null) {
            chain.doFilter(asked, answer);
            return;
        }
        Map<String, String> query = new TreeMap<>();
        Problem problem = read(asked.getQueryString(), query);
        if (!query.containsKey(REFUSALS)) {
            pass(problem, query, asked, answer, chain);
        } else {
            RefusalHeadersResponse inFields = new RefusalHeadersResponse(answer);
            pass(problem, query, asked, inFields, chain);
            inFields.send();
        }
    }

    /** What is wrong with a query, or else null; the good part of it is in the map. */
    private static @Nullable Problem read(String text, Map<String, String> query) {
        Problem problem = null;
        for (String parameter : text.split("&")) {
            int equals = parameter.indexOf('=');
            String name = equals < 0 ? parameter : parameter.substring(0, equals);
            String value = equals < 0 ? "" : parameter.substring(equals + 1);
            String only = name.equals(ORIGINAL) ? FORWARDED : name.equals(REFUSALS) ? FIELDS : null;
            if (only == null) {
                problem = Problems.badParameter(
                        name, "This parameter is unknown. Known parameters are original, refusals.");
            } else if (!value.equals(only)) {
                problem = Problems.badParameter(name, "The parameter " + name + " can only be " + only + ".");
            } else {
                query.put(name, value);
            }
        }
        return problem;
    }

    private void pass(
            @Nullable Problem problem,
            Map<String, String> query,
            HttpServletRequest asked,
            HttpServletResponse answer,
            FilterChain chain)
            throws IOException, ServletException {
        HttpServletRequest original = asked;
        Problem wrong = problem;
        if (wrong == null && query.containsKey(ORIGINAL)) {
            if (!trusted.contains(asked.getRemoteAddr())) {
                wrong = Problems.badParameter(
                        ORIGINAL, "Only a proxy named in tollgate.trusted-proxies can speak for an original request.");
            } else {
                try {
                    original = ForwardedRequest.of(asked);
                } catch (IllegalArgumentException e) {
                    wrong = Problems.badParameter(ORIGINAL, e.getMessage() + ".");
                }
            }
        }
        if (wrong == null) {
            chain.doFilter(original, answer);
        } else {
            ProblemWriter.send(wrong, asked, answer);
        }
    }
}
