package dev.tollgate.http.forwardauth;

import dev.tollgate.core.account.RequestAttributes;
import dev.tollgate.core.limit.Caller;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/**
 * The answer for reverse proxies whose client's request passes the gate: 204 by any method, the limit headers, and the caller
 * for the application behind the proxy. A proxy that takes 200 alone for a yes, as Envoy does, asks for it in {@value #ADMITTED}.
 * Refused requests do not reach it.
 */
public final class ForwardAuthServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    /** The header field that says who may pass: an account's id, or {@code ip:} and an address. */
    static final String CALLER = "X-Tollgate-Caller";

    /** The header field with the scopes of the caller's key, separated by spaces; absent if it has none. */
    static final String SCOPES = "X-Tollgate-Scopes";

    /** The header field of a question in which a proxy says that an admitted request is to be answered with 200, not 204. */
    static final String ADMITTED = "X-Tollgate-Admitted";

    private static final String OK = "200";

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) {
        if (request.getAttribute(RequestAttributes.CALLER) instanceof Caller caller) {
            response.setHeader(CALLER, caller.id());
        }
        if (request.getAttribute(RequestAttributes.KEY_SCOPES) instanceof String scopes && !scopes.isEmpty()) {
            response.setHeader(SCOPES, scopes);
        }
        if (OK.equals(request.getHeader(ADMITTED))) {
            response.setStatus(HttpServletResponse.SC_OK);
            response.setContentLength(0);
        } else {
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
        }
    }
}
