package dev.tollgate.core.account;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An API key with what administrators see of it.
 *
 * @param kind what it is
 * @param key the key
 * @param note what administrators want to remember of it; null for nothing
 * @param account the name of its account
 * @param lastUsedAt when it was used last, as settled; null for never
 * @param state the state it was in when it was read
 */
public record KeyDetails(
        Kind kind,
        ApiKey key,
        @Nullable String note,
        String account,
        @Nullable Instant lastUsedAt,
        State state) {

    /** What is stored as a key. */
    public enum Kind {
        /** A key with a secret. */
        KEY,
        /** A principal, which has no secret. */
        PRINCIPAL;

        /** Returns the kind in lower case, as answers and the database name it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What a key is good for. Of several that are true, the first holds. */
    public enum State {
        /** Revoked for good. */
        REVOKED,
        /** Past its end. */
        EXPIRED,
        /** Suspended until an administrator says otherwise. */
        SUSPENDED,
        /** Good, and so is, for a while, a secret that was rotated away. */
        ROTATING,
        /** Good. */
        ACTIVE;

        /** Returns the state in lower case, as answers name it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Returns what administrators have set of the key. */
    public KeySettings settings() {
        return KeySettings.of(key, note);
    }
}
