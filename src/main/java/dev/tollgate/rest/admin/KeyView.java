package dev.tollgate.rest.admin;

import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.KeyAccess;
import dev.tollgate.core.account.KeyDetails;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * An API key as answers show it, without its secret.
 *
 * @param id a UUID; usage is metered under it
 * @param kind {@code key}, or {@code principal} for a caller without a key whom the server or a proxy names
 * @param accountId the account it belongs to
 * @param account the account's name
 * @param name what people call it
 * @param note what administrators want to remember of it; null for nothing
 * @param prefix its first characters, to tell keys apart
 * @param state {@code revoked}, {@code expired}, {@code suspended}, {@code rotating} (a secret that was rotated away is still
 *     good) or {@code active}; of several that are true, the first
 * @param active whether it is neither revoked nor suspended
 * @param suspended whether it is suspended
 * @param createdAt when it was made
 * @param expiresAt when it stops being valid; null for never
 * @param lastUsedAt when it was used last, as settled; null for never
 * @param windowLimit a window of the key's own in requests per 60 s; null for none
 * @param postUsage whether usage may be posted with it; null if that is as {@code tollgate.usage.post} says
 * @param scopes what it may do on routes that ask for scopes
 * @param addresses the networks that it may be used from; empty for any
 */
public record KeyView(
        String id,
        String kind,
        String accountId,
        String account,
        String name,
        @Nullable String note,
        String prefix,
        String state,
        boolean active,
        boolean suspended,
        Instant createdAt,
        @Nullable Instant expiresAt,
        @Nullable Instant lastUsedAt,
        OptionalLong windowLimit,
        @Nullable Boolean postUsage,
        List<String> scopes,
        List<String> addresses) {

    static KeyView of(KeyDetails details) {
        ApiKey key = details.key();
        KeyAccess access = key.access();
        return new KeyView(
                key.id(),
                details.kind().label(),
                key.accountId(),
                details.account(),
                key.name(),
                details.note(),
                key.prefix(),
                details.state().label(),
                key.active(),
                access.suspended(),
                key.createdAt(),
                key.expiresAt(),
                details.lastUsedAt(),
                key.windowLimit(),
                key.postUsage(),
                access.scopes().names(),
                access.addresses());
    }
}
