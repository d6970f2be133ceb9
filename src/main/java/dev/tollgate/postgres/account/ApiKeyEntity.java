package dev.tollgate.postgres.account;

import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.ApiKeyToken;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A row of {@code api_keys} without its settled totals, which the settlement writes by SQL. */
@Entity
@Table(name = "api_keys")
public class ApiKeyEntity {

    private static final int PREFIX_LENGTH = 8;

    @Id
    private UUID id;

    @Column(name = "account_id", updatable = false)
    private UUID accountId;

    private String name;

    @Column(name = "key_hash")
    private String hash;

    /** At most {@value #PREFIX_LENGTH} characters: all that the column takes, and that nodes of the previous release show. */
    private String prefix;

    /** The whole prefix; null where {@link #prefix} has all of it. */
    @Column(name = "long_prefix")
    private @Nullable String longPrefix;

    private boolean active;

    @Column(name = "window_limit")
    private @Nullable Long windowLimit;

    @Column(name = "post_usage")
    private @Nullable Boolean postUsage;

    @Column(name = "created_at", updatable = false)
    private Instant createdAt;

    @Column(name = "expires_at")
    private @Nullable Instant expiresAt;

    @Column(name = "revoked_at")
    private @Nullable Instant revokedAt;

    /** Creates an empty row, for JPA. */
    protected ApiKeyEntity() {}

    ApiKeyEntity(UUID id, UUID accountId, String name, ApiKeyToken token, Instant createdAt) {
        this.id = id;
        this.accountId = accountId;
        this.name = name;
        this.active = true;
        this.createdAt = createdAt;
        identifyBy(token);
    }

    void restrict(@Nullable Instant newExpiresAt, OptionalLong newWindowLimit) {
        expiresAt = newExpiresAt;
        windowLimit = TierEntity.nullable(newWindowLimit);
    }

    void permitPosting(@Nullable Boolean newPostUsage) {
        postUsage = newPostUsage;
    }

    /** Stores the hash and the prefix of a secret, never the secret itself. */
    final void identifyBy(ApiKeyToken token) {
        hash = token.hash();
        String shown = token.prefix();
        boolean fits = shown.length() <= PREFIX_LENGTH;
        prefix = fits ? shown : shown.substring(0, PREFIX_LENGTH);
        longPrefix = fits ? null : shown;
    }

    void revoke(Instant now) {
        active = false;
        revokedAt = now;
    }

    String hash() {
        return hash;
    }

    ApiKey key() {
        return new ApiKey(
                id.toString(),
                accountId.toString(),
                name,
                // The column pads short ones with spaces.
                longPrefix == null ? prefix.stripTrailing() : longPrefix,
                active,
                createdAt,
                expiresAt,
                TierEntity.optional(windowLimit),
                postUsage);
    }
}
