package dev.tollgate.ops.metrics;

import dev.tollgate.http.admin.AdminAccess;
import dev.tollgate.http.servlet.AllowedMethodsServlet;
import dev.tollgate.http.servlet.AsyncResponseWriter;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** The servlet of {@code /metrics}. {@link AdminAccess} restricts it to a role if the settings name one. */
public final class MetricsServlet extends AllowedMethodsServlet {

    private static final long serialVersionUID = 1L;

    private final transient Metrics metrics;

    /**
     * @param metrics the registry
     */
    public MetricsServlet(Metrics metrics) {
        super("GET", "HEAD", "OPTIONS");
        this.metrics = metrics;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        response.setHeader("Cache-Control", "no-store");
        Metrics.Text text = metrics.scrape(request.getHeader("Accept"));
        response.setHeader("Vary", "Accept");
        response.setContentType(text.contentType());
        AsyncResponseWriter.send(text.body(), request, response);
    }
}
