package dev.tollgate.http;

import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;

/**
 * Who signed in.
 *
 * @param user the realm's name of the user
 * @param admin whether the user has the role {@value #ROLE}
 * @param scheme how the user signed in, as {@link HttpServletRequest#getAuthType} would say
 * @param since when, milliseconds since the epoch
 */
record Administrator(String user, boolean admin, String scheme, long since) implements Principal {

    /** The container's role. */
    static final String ROLE = "tollgate-admin";

    @Override
    public String getName() {
        return user;
    }
}
