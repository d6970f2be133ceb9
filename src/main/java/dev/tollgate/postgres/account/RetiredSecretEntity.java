package dev.tollgate.postgres.account;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

/** A row of {@code retired_secrets}: the hash of a secret that a key had before it was rotated. */
@Entity
@Table(name = "retired_secrets")
public class RetiredSecretEntity {

    @Id
    @Column(name = "key_hash")
    private String hash;

    @Column(name = "api_key_id")
    private UUID keyId;

    @Column(name = "retired_at")
    private Instant retiredAt;

    /** Creates an empty row, for JPA. */
    protected RetiredSecretEntity() {}

    RetiredSecretEntity(String hash, UUID keyId, Instant retiredAt) {
        this.hash = hash;
        this.keyId = keyId;
        this.retiredAt = retiredAt;
    }
}
