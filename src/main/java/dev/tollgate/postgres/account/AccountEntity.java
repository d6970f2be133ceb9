package dev.tollgate.postgres.account;

import dev.tollgate.core.account.Account;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

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

    @Column(name = "closed_at")
    private @Nullable Instant closedAt;

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

    boolean isClosed() {
        return closedAt != null;
    }

    void close(Instant now) {
        closedAt = now;
    }

    Account account() {
        return new Account(id.toString(), name, tier, createdAt, closedAt);
    }
}
