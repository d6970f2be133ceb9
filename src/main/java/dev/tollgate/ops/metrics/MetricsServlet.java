package dev.tollgate.ops.metrics;

import dev.tollgate.http.admin.AdminAccess;
import dev.tollgate.http.servlet.AllowedMethodsServlet;
import dev.tollgate.http.servlet.AsyncResponseWriter;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Serves what can be scraped; {@link AdminAccess} keeps it to a role, if there is to be one. */
public final class MetricsServlet extends AllowedMethodsServlet {

    private static final long serialVersionUID = 1L;

    private final transient Metrics metrics;

    /**
     * @param metrics what can be scraped
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
