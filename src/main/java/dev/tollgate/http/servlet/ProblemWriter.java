package dev.tollgate.http.servlet;

import dev.tollgate.core.problem.Problem;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A writer of problem documents for all code that refuses a request before JAX-RS is reached. */
public final class ProblemWriter {

    private ProblemWriter() {}

    /** Sends the whole answer: status, fields and body. */
    public static void send(Problem problem, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        Problem placed = problem.at(request.getRequestURI());
        send(placed, placed.json().getBytes(StandardCharsets.US_ASCII), request, response);
    }

    /** Sends it with a document made before. */
    public static void send(Problem problem, byte[] body, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        response.setStatus(problem.status());
        problem.headers(response::setHeader);
        response.setContentType(Problem.MEDIA_TYPE);
        response.setContentLength(body.length);
        if (!isHead(request)) {
            response.getOutputStream().write(body);
        }
    }

    /**
     * Whether what the connection carries is a HEAD, whatever method a proxy asks about: from a filter, Payara would send a body
     * to that too.
     */
    private static boolean isHead(ServletRequest request) {
        ServletRequest sent = request;
        while (sent instanceof ServletRequestWrapper wrapper) {
            sent = wrapper.getRequest();
        }
        return sent instanceof HttpServletRequest http && "HEAD".equals(http.getMethod());
    }
}
