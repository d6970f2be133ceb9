package dev.tollgate.http;

import dev.tollgate.problem.Problem;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Answers a request with a problem document, for all that refuses before JAX-RS is asked. */
final class ProblemAnswer {

    private ProblemAnswer() {}

    /** Sends the whole answer: status, fields and body. */
    static void send(Problem problem, HttpServletRequest request, HttpServletResponse response) throws IOException {
        Problem placed = problem.at(request.getRequestURI());
        send(placed, placed.json().getBytes(StandardCharsets.US_ASCII), response);
    }

    /** Sends it with a document made before. */
    static void send(Problem problem, byte[] body, HttpServletResponse response) throws IOException {
        response.setStatus(problem.status());
        problem.headers(response::setHeader);
        response.setContentType(Problem.MEDIA_TYPE);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
