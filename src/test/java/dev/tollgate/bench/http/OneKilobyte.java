package dev.tollgate.bench.http;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;

/** A servlet that responds with 1 KB. It runs behind the filter and, in an application of its own, without it. */
@WebServlet("/kilobyte")
public class OneKilobyte extends HttpServlet {

    private static final long serialVersionUID = 1L;
    private static final byte[] BODY = new byte[1024];

    static {
        Arrays.fill(BODY, (byte) 'k');
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType("text/plain");
        response.setContentLength(BODY.length);
        response.getOutputStream().write(BODY);
    }
}
