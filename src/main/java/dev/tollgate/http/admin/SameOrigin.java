package dev.tollgate.http.admin;

import dev.tollgate.core.access.AdminRole;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.Set;

/**
 * Keeps pages of other sites from acting in an administrator's name. A browser says where a request comes from, in
 * {@code Sec-Fetch-Site} or, where that is missing (plain HTTP other than localhost), in {@code Origin}; a script with curl
 * says neither and has no session to abuse.
 */
final class SameOrigin {

    private static final Set<String> OURS = Set.of("same-origin", "none");

    private SameOrigin() {}

    /** Whether a request may change something, or changes nothing. */
    static boolean permits(HttpServletRequest request) {
        if (AdminRole.onlyReads(request.getMethod())) {
            return true;
        }
        String site = request.getHeader("Sec-Fetch-Site");
        if (site != null) {
            return OURS.contains(site);
        }
        String origin = request.getHeader("Origin");
        return origin == null || authority(origin).equalsIgnoreCase(String.valueOf(request.getHeader("Host")));
    }

    /** Host and port of an origin; of {@code null}, which sandboxed pages send, nothing that a host could be. */
    private static String authority(String origin) {
        try {
            String authority = URI.create(origin).getRawAuthority();
            return authority == null ? "" : authority;
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
