package dev.tollgate.http.admin;

import dev.tollgate.core.access.AdminRole;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that only the console's own pages have. Another page of the same origin, such as a neighbouring application's, cannot
 * change anything with an administrator's cookie, since it lacks the token. A page gets its token when a browser navigates to
 * it, which pages of other origins cannot read, and in the answer to a sign-in.
 *
 * <p>Each session has a token. An administrator signed in by the container or by HTTP Basic has one made of the name and a key
 * of this node. It is demanded only of browsers, which send {@code Origin} or {@code Sec-Fetch-Site}. Thread-safe.
 */
final class PageTokens {

    /** The field that carries it. */
    static final String FIELD = "Tollgate-Token";

    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec key;

    PageTokens() {
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        this.key = new SecretKeySpec(bytes, ALGORITHM);
    }

    /**
     * Whether a request may change something, or changes nothing.
     *
     * @param session null if the administrator has none
     */
    boolean permit(HttpServletRequest request, AdminUser adminUser, SessionStore.@Nullable Session session) {
        if (AdminRole.onlyReads(request.getMethod())) {
            return true;
        }
        String sent = request.getHeader(FIELD);
        if (sent == null) {
            return session == null && !isFromBrowser(request);
        }
        return MessageDigest.isEqual(
                of(adminUser, session).getBytes(StandardCharsets.UTF_8), sent.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isFromBrowser(HttpServletRequest request) {
        return request.getHeader("Origin") != null
                || request.getHeader("Sec-Fetch-Site") != null
                || request.getHeader("Sec-Fetch-Mode") != null;
    }

    /** The token of an administrator's pages. */
    String of(AdminUser adminUser, SessionStore.@Nullable Session session) {
        if (session != null) {
            return session.pageToken();
        }
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            byte[] bytes = mac.doFinal(adminUser.user().getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }
}
