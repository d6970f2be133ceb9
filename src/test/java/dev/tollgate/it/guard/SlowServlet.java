package dev.tollgate.it.guard;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.TreeMap;

/**
 * A foreign application's servlet: answers later, on another thread, and says what it was asked and by what dispatch, and to the guard what
 * was stored, if it is asked to.
 */
@WebServlet(urlPatterns = "/later", asyncSupported = true)
public class SlowServlet extends HttpServlet {

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) {
        if (request.getParameter("stored") != null) {
            request.setAttribute("tollgate.provider", "archive");
            request.setAttribute("tollgate.file.size", Long.valueOf(request.getParameter("stored")));
            request.setAttribute("tollgate.file.type", "image/png");
        }
        response.setHeader("X-Reached-By", request.getDispatcherType().name());
        StringBuilder asked = new StringBuilder(request.getServletPath() + "?" + request.getQueryString());
        new TreeMap<>(request.getParameterMap())
                .forEach((name, values) -> asked.append(' ').append(name).append(Arrays.toString(values)));
        response.setHeader("X-Asked", asked.toString());
        AsyncContext later = request.startAsync();
        later.start(() -> {
            try {
                later.getResponse().getWriter().print("served later");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            } finally {
                later.complete();
            }
        });
    }
}
