package dev.tollgate.http.admin;

import dev.tollgate.core.access.AdminRole;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.util.Optional;
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

    AdminUser {
        roles = Set.copyOf(roles);
    }

    /** The user's role in administration; of both the administrator's. Empty if the user only has a role for metrics. */
    Optional<AdminRole> role() {
        return AdminRole.of(roles::contains);
    }

    /** The same user with other roles. */
    AdminUser withRoles(Set<String> others) {
        return new AdminUser(user, others, scheme, since);
    }

    @Override
    public String getName() {
        return user;
    }
}
