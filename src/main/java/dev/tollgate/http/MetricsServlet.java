package dev.tollgate.http;

import dev.tollgate.metrics.Metrics;
import dev.tollgate.problem.Problems;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Serves what can be scraped, to everybody or to a role of the container's. */
public final class MetricsServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    private final transient Metrics metrics;
    private final String role;
    private final transient SignIn signIn;

    /**
     * @param metrics what can be scraped
     * @param role who may; empty for everybody
     * @param signIn asks the realm whoever the container does not know yet
     */
    public MetricsServlet(Metrics metrics, String role, SignIn signIn) {
        this.metrics = metrics;
        this.role = role;
        this.signIn = signIn;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader("Cache-Control", "no-store");
        if (!role.isEmpty() && !mayRead(request, response)) {
            return;
        }
        Metrics.Text text = metrics.scrape(request.getHeader("Accept"));
        response.setHeader("Vary", "Accept");
        response.setContentType(text.contentType());
        response.setContentLength(text.body().length);
        response.getOutputStream().write(text.body());
    }

    /** Whether the caller has the role; if not, the request is answered. */
    private boolean mayRead(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getUserPrincipal() != null && request.isUserInRole(role)) {
            return true;
        }
        BasicCredentials basic = BasicCredentials.of(request.getHeader("Authorization"));
        if (basic == null) {
            AdminAccess.send(Problems.signInNeeded(true), request, response);
            return false;
        }
        SignIn.Outcome outcome = signIn.attempt(request, basic.user(), basic.password(), "BASIC", role);
        switch (outcome.verdict()) {
            case GOOD -> {
                return true;
            }
            case FORBIDDEN ->
                AdminAccess.send(
                        Problems.forbidden("This is for users with the role " + role + "."), request, response);
            default -> AdminAccess.send(AdminAccess.refusal(outcome, true), request, response);
        }
        return false;
    }
}
