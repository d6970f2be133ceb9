package dev.tollgate.http.forwardauth;

import dev.tollgate.core.account.RequestAttributes;
import dev.tollgate.core.limit.Caller;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/**
 * The answer for reverse proxies whose client's request passes the gate: 204 by any method, the limit headers, and the caller
 * for the application behind the proxy. Refused requests do not reach it.
 */
public final class ForwardAuthServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    /** The header field that says who may pass: an account's id, or {@code ip:} and an address. */
    static final String CALLER = "X-Tollgate-Caller";

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) {
        if (request.getAttribute(RequestAttributes.CALLER) instanceof Caller caller) {
            response.setHeader(CALLER, caller.id());
        }
        response.setStatus(HttpServletResponse.SC_NO_CONTENT);
    }
}
