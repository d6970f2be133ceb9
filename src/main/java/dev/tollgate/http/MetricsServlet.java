package dev.tollgate.http;

import dev.tollgate.metrics.Metrics;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Serves what can be scraped, to everybody or to a role of the container's. */
public final class MetricsServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    private final transient Metrics metrics;
    private final String role;

    /**
     * @param metrics what can be scraped
     * @param role who may; empty for everybody
     */
    public MetricsServlet(Metrics metrics, String role) {
        this.metrics = metrics;
        this.role = role;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        response.setHeader("Cache-Control", "no-store");
        if (!role.isEmpty()) {
            // Asks for a login, if need be, as the application's login-config has it.
            if (!request.authenticate(response)) {
                return;
            }
            if (!request.isUserInRole(role)) {
                response.sendError(HttpServletResponse.SC_FORBIDDEN);
                return;
            }
        }
        Metrics.Text text = metrics.scrape(request.getHeader("Accept"));
        response.setHeader("Vary", "Accept");
        response.setContentType(text.contentType());
        response.setContentLength(text.body().length);
        response.getOutputStream().write(text.body());
    }
}
