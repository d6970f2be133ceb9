package dev.tollgate.http.route;

import jakarta.servlet.http.HttpServletRequest;

/**
 * How a CORS preflight is treated. A browser sends it without the key, before a request that a page of another origin makes;
 * anything else can send one as well, and the application's {@code OPTIONS} handler runs.
 */
public enum Preflight {
    /** It is charged to the client's address with cost 1, held by that address's bans, adds no violation, and needs no key. */
    ADDRESS,
    /** The gate keeps out, also of bans. */
    EXEMPT,
    /** It is a request like any other. */
    REQUEST;

    /** Whether a request has the form of a preflight. Other {@code OPTIONS} are requests like any. */
    public static boolean isOne(HttpServletRequest request) {
        return request.getMethod().equals("OPTIONS")
                && request.getHeader("Origin") != null
                && request.getHeader("Access-Control-Request-Method") != null;
    }
}
