package dev.tollgate.core.account;

import java.time.Instant;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * An API key as Tollgate stores it: without its secret.
 *
 * @param id a UUID in canonical text; usage is metered under it
 * @param accountId the account it belongs to
 * @param name what people call it, 1 to 200 characters
 * @param prefix the key's first characters, to tell keys apart on a page: {@code tg_} and five more by default
 * @param active false once revoked
 * @param createdAt when it was made
 * @param expiresAt when it stops being valid; null for never
 * @param windowLimit a window of the key's own in requests per 60 s, below its account's; empty for none
 * @param postUsage whether usage may be posted with it; null if that is as {@code tollgate.usage.post} says
 */
public record ApiKey(
        String id,
        String accountId,
        String name,
        String prefix,
        boolean active,
        Instant createdAt,
        @Nullable Instant expiresAt,
        OptionalLong windowLimit,
        @Nullable Boolean postUsage) {

    /** A key that says nothing of posting usage. */
    public ApiKey(
            String id,
            String accountId,
            String name,
            String prefix,
            boolean active,
            Instant createdAt,
            @Nullable Instant expiresAt,
            OptionalLong windowLimit) {
        this(id, accountId, name, prefix, active, createdAt, expiresAt, windowLimit, null);
    }

    /** Returns the same key as one that is revoked. */
    public ApiKey revoked() {
        return new ApiKey(id, accountId, name, prefix, false, createdAt, expiresAt, windowLimit, postUsage);
    }

    /** Returns whether the key has expired at the given instant. */
    public boolean expiredAt(long nowMillis) {
        return expiresAt != null && nowMillis >= expiresAt.toEpochMilli();
    }
}
