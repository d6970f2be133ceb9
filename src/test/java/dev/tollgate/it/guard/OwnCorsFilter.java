package dev.tollgate.it.guard;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** A foreign application's filter for CORS, which knows nothing of Tollgate's fields. */
@WebFilter("/*")
public class OwnCorsFilter extends HttpFilter {

    private static final long serialVersionUID = 1L;

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        response.setHeader("Access-Control-Allow-Origin", request.getHeader("Origin"));
        response.setHeader("Access-Control-Expose-Headers", "X-App");
        response.setHeader("X-App", "its own");
        // Otherwise the browser asks once, and shows the page what it has.
        response.setHeader("Cache-Control", "no-store");
        if (request.getMethod().equals("OPTIONS")) {
            response.setHeader("Access-Control-Allow-Headers", "X-API-Key");
            response.setHeader("Access-Control-Max-Age", "600");
            response.setStatus(204);
        } else {
            chain.doFilter(request, response);
        }
    }
}
