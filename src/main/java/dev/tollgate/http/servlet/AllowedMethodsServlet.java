package dev.tollgate.http.servlet;

import dev.tollgate.core.problem.Problems;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;

/**
 * A servlet that answers other methods than its own with a problem document. The refusal of {@link HttpServlet} asks the
 * container for an error page. Payara looks for that page by the refused method, and answered a PUT over HTTP/2 with 403.
 */
public abstract class AllowedMethodsServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    private final String[] methods;

    /**
     * @param methods what it takes, in the order in which {@code Allow} names them
     */
    protected AllowedMethodsServlet(String... methods) {
        this.methods = methods.clone();
    }

    /** HttpServlet's own answer would name TRACE as well. */
    @Override
    protected final void doOptions(HttpServletRequest request, HttpServletResponse response) {
        tellMethods(response);
    }

    @Override
    protected final void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        if (Arrays.asList(methods).contains(request.getMethod())) {
            super.service(request, response);
        } else {
            tellMethods(response);
            ProblemWriter.send(Problems.methodNotAllowed(), request, response);
        }
    }

    private void tellMethods(HttpServletResponse response) {
        response.setHeader("Allow", String.join(", ", methods));
    }
}
