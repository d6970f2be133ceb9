package dev.tollgate.http.admin;

import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.util.Set;

/**
 * A user who signed in to administration.
 *
 * @param user the realm's name of the user
 * @param roles those of the container's roles that matter here and that the user has
 * @param scheme how the user signed in, as {@link HttpServletRequest#getAuthType} would say
 * @param since when, milliseconds since the epoch
 */
record AdminUser(String user, Set<String> roles, String scheme, long since) implements Principal {

    /** The container's role for administrators. */
    static final String ROLE = "tollgate-admin";

    AdminUser {
        roles = Set.copyOf(roles);
    }

    @Override
    public String getName() {
        return user;
    }
}
