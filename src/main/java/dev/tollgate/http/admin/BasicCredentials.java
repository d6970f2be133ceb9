package dev.tollgate.http.admin;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The credentials of HTTP Basic (RFC 7617, in UTF-8).
 *
 * @param user the name
 * @param password the password
 */
record BasicCredentials(String user, String password) {

    private static final String SCHEME = "Basic ";
    private static final int LONGEST = 4096;

    /** Those of a header field; null if it is absent, of another scheme, or broken. */
    static @Nullable BasicCredentials of(@Nullable String authorization) {
        if (authorization == null
                || authorization.length() > LONGEST
                || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return null;
        }
        try {
            byte[] bytes = Base64.getDecoder()
                    .decode(authorization.substring(SCHEME.length()).strip());
            String pair = new String(bytes, StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            return colon < 0 ? null : new BasicCredentials(pair.substring(0, colon), pair.substring(colon + 1));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Says nothing of the password, so that a log line cannot leak it. */
    @Override
    public String toString() {
        return "BasicCredentials[" + user + "]";
    }
}
