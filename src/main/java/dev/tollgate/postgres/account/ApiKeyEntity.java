package dev.tollgate.postgres.account;

import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.ApiKeys.NewKey;
import dev.tollgate.core.account.KeyAccess;
import dev.tollgate.core.account.KeyDetails;
import dev.tollgate.core.account.KeySettings;
import dev.tollgate.core.account.Scopes;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A row of {@code api_keys} without its settled totals, which the settlement writes by SQL. */
@Entity
@Table(name = "api_keys")
public class ApiKeyEntity {

    private static final int PREFIX_LENGTH = 8;

    private static final String SEPARATOR = " ";

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

    @Column(updatable = false)
    private String kind = KeyDetails.Kind.KEY.label();

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

    /** Not active either: the previous release takes the key for a revoked one. */
    @Column(name = "suspended_at")
    private @Nullable Instant suspendedAt;

    private @Nullable String note;

    private @Nullable String scopes;

    private @Nullable String addresses;

    /** Creates an empty row, for JPA. */
    protected ApiKeyEntity() {}

    ApiKeyEntity(UUID id, NewKey key, Instant createdAt) {
        this.id = id;
        this.accountId = UUID.fromString(key.accountId());
        this.active = true;
        this.createdAt = createdAt;
        identifyBy(key.hash(), key.prefix());
        set(key.settings(), createdAt);
    }

    /** Sets what administrators set of a key that is not revoked. */
    final void set(KeySettings settings, Instant now) {
        name = settings.name();
        note = settings.note();
        expiresAt = settings.expiresAt();
        windowLimit = TierEntity.nullable(settings.windowLimit());
        postUsage = settings.postUsage();
        scopes = settings.scopes().isEmpty() ? null : settings.scopes().text();
        addresses = settings.addresses().isEmpty() ? null : String.join(SEPARATOR, settings.addresses());
        if (settings.suspended() && suspendedAt == null) {
            suspendedAt = now;
        } else if (!settings.suspended()) {
            suspendedAt = null;
        }
        active = suspendedAt == null;
    }

    /** Stores the hash and the prefix of a secret, never the secret itself. */
    final void identifyBy(String newHash, String shown) {
        hash = newHash;
        boolean fits = shown.length() <= PREFIX_LENGTH;
        prefix = fits ? shown : shown.substring(0, PREFIX_LENGTH);
        longPrefix = fits ? null : shown;
    }

    void revoke(Instant now) {
        active = false;
        revokedAt = now;
    }

    boolean isRevoked() {
        return revokedAt != null || (!active && suspendedAt == null);
    }

    UUID id() {
        return id;
    }

    boolean isPrincipal() {
        return kind.equals(KeyDetails.Kind.PRINCIPAL.label());
    }

    String hash() {
        return hash;
    }

    @Nullable
    String note() {
        return note;
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
                postUsage,
                access());
    }

    private KeyAccess access() {
        boolean suspended = suspendedAt != null && revokedAt == null;
        return scopes == null && addresses == null && !suspended
                ? KeyAccess.FREE
                : new KeyAccess(
                        Scopes.parse(scopes == null ? "" : scopes),
                        addresses == null ? List.of() : List.of(addresses.split(SEPARATOR)),
                        suspended,
                        null);
    }
}
