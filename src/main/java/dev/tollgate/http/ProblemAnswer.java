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
        byte[] body = placed.json().getBytes(StandardCharsets.US_ASCII);
        response.setStatus(placed.status());
        placed.headers(response::setHeader);
        response.setContentType(Problem.MEDIA_TYPE);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
