package dev.tollgate.core.account;

import java.time.Instant;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * An API key as Tollgate stores it: without its secret. One component for each thing that a node knows of a key, hence more than
 * five.
 *
 * @param id a UUID in canonical text; usage is metered under it
 * @param accountId the account it belongs to
 * @param name what people call it, 1 to 200 characters
 * @param prefix the key's first characters, to tell keys apart on a page: {@code tg_} and five more by default
 * @param active false once revoked, and while suspended
 * @param createdAt when it was made
 * @param expiresAt when it stops being valid; null for never
 * @param windowLimit a window of the key's own in requests per 60 s, below its account's; empty for none
 * @param postUsage whether usage may be posted with it; null if that is as {@code tollgate.usage.post} says
 * @param access what it is restricted to
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
        @Nullable Boolean postUsage,
        KeyAccess access) {

    /** A key without restrictions. */
    public ApiKey(
            String id,
            String accountId,
            String name,
            String prefix,
            boolean active,
            Instant createdAt,
            @Nullable Instant expiresAt,
            OptionalLong windowLimit,
            @Nullable Boolean postUsage) {
        this(id, accountId, name, prefix, active, createdAt, expiresAt, windowLimit, postUsage, KeyAccess.FREE);
    }

    /** A key without restrictions that says nothing of posting usage. */
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

    /** Returns the same key with other restrictions. */
    public ApiKey with(KeyAccess other) {
        return changed(active, expiresAt, other);
    }

    /** Returns the same key as one that is revoked. */
    public ApiKey revoked() {
        return changed(false, expiresAt, KeyAccess.FREE);
    }

    /** Returns the key as a secret of it is good for that was rotated away. It ends with that secret, if not before. */
    public ApiKey retiring(KeyAccess.Retirement retirement) {
        Instant end = expiresAt != null && expiresAt.isBefore(retirement.until()) ? expiresAt : retirement.until();
        return changed(active, end, access.retiring(retirement));
    }

    private ApiKey changed(boolean active, @Nullable Instant expiresAt, KeyAccess access) {
        return new ApiKey(id, accountId, name, prefix, active, createdAt, expiresAt, windowLimit, postUsage, access);
    }

    /** Returns whether the key has expired at the given instant. */
    public boolean expiredAt(long nowMillis) {
        return expiresAt != null && nowMillis >= expiresAt.toEpochMilli();
    }
}
