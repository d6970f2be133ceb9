package dev.tollgate.http.filter;

import dev.tollgate.core.account.ApiKeyFormat;
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
        /** Something that begins as keys do and has another form. It is not looked at further and never logged. */
        MALFORMED,
        /** A credential of another system. It is not looked at further and never logged. */
        FOREIGN,
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
    private static final ApiKeyCredential FOREIGN = new ApiKeyCredential(Kind.FOREIGN, null);
    private static final ApiKeyCredential CONFLICT = new ApiKeyCredential(Kind.CONFLICTING, null);

    /** Returns a reader for Tollgate's own endpoints, which take no credentials but keys. */
    public static Reader alone(ApiKeyFormat format) {
        return request -> Presented.by(request, format).credential();
    }

    /**
     * Returns a reader before an application that has keys and tokens of its own in these fields. What does not begin as
     * Tollgate's keys do belongs to that application and is treated as absent.
     */
    public static Reader amongOthers(ApiKeyFormat format) {
        return request -> Presented.by(request, format).key();
    }

    /** The keys and other credentials of one request. */
    private static final class Presented {

        private final ApiKeyFormat format;
        private @Nullable String key;
        private boolean conflict;
        private boolean foreign;

        private Presented(ApiKeyFormat format) {
            this.format = format;
        }

        static Presented by(HttpServletRequest request, ApiKeyFormat format) {
            Presented presented = new Presented(format);
            presented.addAll(request.getHeaders("X-API-Key"), false);
            presented.addAll(request.getHeaders("Authorization"), true);
            return presented;
        }

        private void addAll(@Nullable Enumeration<String> values, boolean withScheme) {
            while (values != null && values.hasMoreElements()) {
                String value = values.nextElement();
                int from = 0;
                // A proxy may have joined several fields to one, separated by commas. Quoted text holds no key.
                for (int comma = comma(value, from); comma >= 0; comma = comma(value, from)) {
                    add(value.substring(from, comma), withScheme);
                    from = comma + 1;
                }
                add(value.substring(from), withScheme);
            }
        }

        /** Returns where the next comma outside of quotes is; -1 for none. */
        private static int comma(String value, int from) {
            boolean quoted = false;
            for (int i = from; i < value.length(); i++) {
                char c = value.charAt(i);
                if (c == '"') {
                    quoted = !quoted;
                } else if (c == '\\' && quoted) {
                    i++;
                } else if (c == ',' && !quoted) {
                    return i;
                }
            }
            return -1;
        }

        private void add(String text, boolean withScheme) {
            String credential = text.strip();
            if (withScheme) {
                // Only the Bearer scheme can hold an API key. Other schemes are for the application.
                if (!credential.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
                    return;
                }
                credential = credential.substring(BEARER.length()).strip();
            }
            if (credential.isEmpty()) {
                return;
            }
            if (!format.isOurs(credential)) {
                foreign = true;
            } else if (key == null) {
                key = credential;
            } else if (!key.equals(credential)) {
                conflict = true;
            }
        }

        /** Returns what there is, of keys alone. */
        ApiKeyCredential key() {
            if (conflict) {
                return CONFLICT;
            }
            if (key == null) {
                return NOTHING;
            }
            return format.isPresentable(key)
                    ? new ApiKeyCredential(Kind.WELL_FORMED, ApiKeyToken.hash(key))
                    : MALFORMED;
        }

        /** Returns what there is, of credentials of any kind. */
        ApiKeyCredential credential() {
            if (!foreign) {
                return key();
            }
            return key == null ? FOREIGN : CONFLICT;
        }
    }
}
