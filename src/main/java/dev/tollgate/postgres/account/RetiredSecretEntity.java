package dev.tollgate.postgres.account;

import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.KeyAccess;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A row of {@code retired_secrets}: the hash and the prefix of a secret that a key had before it was rotated. */
@Entity
@Table(name = "retired_secrets")
public class RetiredSecretEntity {

    @Id
    @Column(name = "key_hash")
    private String hash;

    /** What was shown of the secret; null in rows of a release that did not keep it. */
    @Column(name = "prefix")
    private @Nullable String prefix;

    @Column(name = "api_key_id")
    private UUID keyId;

    @Column(name = "retired_at")
    private Instant retiredAt;

    /** Until when it goes on; null if it did not after its rotation. */
    @Column(name = "valid_until")
    private @Nullable Instant validUntil;

    /** Creates an empty row, for JPA. */
    protected RetiredSecretEntity() {}

    RetiredSecretEntity(String hash, String prefix, UUID keyId, Instant retiredAt, @Nullable Instant validUntil) {
        this.hash = hash;
        this.prefix = prefix;
        this.keyId = keyId;
        this.retiredAt = retiredAt;
        this.validUntil = validUntil;
    }

    /** Returns the key as this secret is good for: for a while, or no more. */
    ApiKey retire(ApiKey key) {
        return validUntil == null ? key.revoked() : key.retiring(new KeyAccess.Retirement(retiredAt, validUntil));
    }
}
