package dev.tollgate.http.servlet;

import dev.tollgate.core.problem.Problem;
import dev.tollgate.core.problem.Problems;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.text.ParseException;

/**
 * A filter before JAX-RS that turns what comes out of it without a body, or as an exception, into a problem document. JAX-RS reads
 * some header fields before any mapper of exceptions is there, and drops all fields of its answer when it cannot. Thread-safe.
 */
public final class ProblemFallbackFilter implements Filter {

    private static final Logger LOG = System.getLogger(ProblemFallbackFilter.class.getName());
    private static final int FIRST_ERROR = 400;

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        HttpServletRequest asked = (HttpServletRequest) request;
        Watched answer = new Watched((HttpServletResponse) response);
        try {
            chain.doFilter(asked, answer);
        } catch (ServletException | RuntimeException e) {
            if (answer.isCommitted() || asked.isAsyncStarted()) {
                throw e;
            }
            answer.resetBuffer();
            ProblemWriter.send(problem(e), asked, answer);
            return;
        }
        if (answer.getStatus() >= FIRST_ERROR && !answer.answered && !answer.isCommitted() && !asked.isAsyncStarted()) {
            ProblemWriter.send(problem(answer.getStatus()), asked, answer);
        }
    }

    private static Problem problem(Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ParseException) {
                return problem(HttpServletResponse.SC_BAD_REQUEST);
            }
        }
        LOG.log(Level.ERROR, "a request failed", failure);
        return Problems.internalError();
    }

    private static Problem problem(int status) {
        return status == HttpServletResponse.SC_BAD_REQUEST
                ? Problems.badRequest(
                        "A header field of the request cannot be read. Check Content-Type, Accept and those you added.")
                : Problem.of(
                                status,
                                "HTTP_" + status,
                                "The request was refused. The operator finds it by the request id.")
                        .build();
    }

    /** A response that knows whether somebody has begun a body, and keeps its fields when JAX-RS empties it. */
    private static final class Watched extends HttpServletResponseWrapper {

        private boolean answered;

        Watched(HttpServletResponse response) {
            super(response);
        }

        @Override
        public void reset() {
            resetBuffer();
        }

        @Override
        public ServletOutputStream getOutputStream() throws IOException {
            answered = true;
            return super.getOutputStream();
        }

        @Override
        public PrintWriter getWriter() throws IOException {
            answered = true;
            return super.getWriter();
        }

        @Override
        public void sendError(int status) throws IOException {
            answered = true;
            super.sendError(status);
        }

        @Override
        public void sendError(int status, String message) throws IOException {
            answered = true;
            super.sendError(status, message);
        }
    }
}
