package dev.tollgate.postgres.account;

import dev.tollgate.core.account.Account;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

/** A row of {@code accounts}. */
@Entity
@Table(name = "accounts")
public class AccountEntity {

    @Id
    private UUID id;

    private String name;

    private String tier;

    @Column(name = "created_at", updatable = false)
    private Instant createdAt;

    /** Creates an empty row, for JPA. */
    protected AccountEntity() {}

    AccountEntity(UUID id, String name, String tier, Instant createdAt) {
        this.id = id;
        this.name = name;
        this.tier = tier;
        this.createdAt = createdAt;
    }

    void rename(String newName) {
        name = newName;
    }

    void moveTo(String newTier) {
        tier = newTier;
    }

    Account account() {
        return new Account(id.toString(), name, tier, createdAt);
    }
}
