package dev.tollgate.http.filter;

import dev.tollgate.core.account.ApiKeyToken;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;

/**
 * What a request presents as its API key: {@code X-API-Key}, or {@code Authorization: Bearer}. Both name the same caller;
 * both, or one of them twice, with different texts, is a conflict.
 *
 * @param kind what there is
 * @param hash the key's hash; null unless the kind is {@link Kind#WELL_FORMED}
 */
public record ApiKeyCredential(Kind kind, @Nullable String hash) {

    /** What there is. */
    public enum Kind {
        /** No key. */
        NONE,
        /** Something that has a key's form. */
        WELL_FORMED,
        /** Something else: no key of ours, whatever it is. It is not looked at further and never logged. */
        MALFORMED,
        /** Two different ones. */
        CONFLICTING
    }

    /** A reader of the API key of a request. */
    @FunctionalInterface
    public interface Reader {

        /** Reads the key from the header fields. */
        ApiKeyCredential read(HttpServletRequest request);
    }

    private static final String BEARER = "Bearer ";
    private static final ApiKeyCredential NOTHING = new ApiKeyCredential(Kind.NONE, null);
    private static final ApiKeyCredential MALFORMED = new ApiKeyCredential(Kind.MALFORMED, null);
    private static final ApiKeyCredential CONFLICT = new ApiKeyCredential(Kind.CONFLICTING, null);

    /** Reads it from a request's header fields. */
    public static ApiKeyCredential of(HttpServletRequest request) {
        return of(request, false);
    }

    /**
     * The same before an application that has keys and tokens of its own in these fields: what does not begin as ours do is
     * that application's business.
     */
    public static ApiKeyCredential amongOthers(HttpServletRequest request) {
        return of(request, true);
    }

    private static ApiKeyCredential of(HttpServletRequest request, boolean amongOthers) {
        String presented = null;
        Enumeration<String> keys = request.getHeaders("X-API-Key");
        while (keys != null && keys.hasMoreElements()) {
            String key = keys.nextElement().strip();
            if (amongOthers && !key.startsWith(ApiKeyToken.MARK)) {
                continue;
            }
            if (presented != null && !presented.equals(key)) {
                return CONFLICT;
            }
            presented = key;
        }
        Enumeration<String> credentials = request.getHeaders("Authorization");
        while (credentials != null && credentials.hasMoreElements()) {
            String credential = credentials.nextElement();
            // Only the Bearer scheme can hold an API key. Other schemes are for the application.
            if (credential.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
                String key = credential.substring(BEARER.length()).strip();
                if (amongOthers && !key.startsWith(ApiKeyToken.MARK)) {
                    continue;
                }
                if (presented != null && !presented.equals(key)) {
                    return CONFLICT;
                }
                presented = key;
            }
        }
        if (presented == null) {
            return NOTHING;
        }
        return ApiKeyToken.isWellFormed(presented)
                ? new ApiKeyCredential(Kind.WELL_FORMED, ApiKeyToken.hash(presented))
                : MALFORMED;
    }
}
