package dev.tollgate.postgres.account;

import dev.tollgate.core.account.LimitOverride;
import dev.tollgate.core.limit.WindowPolicy;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A row of {@code account_limits}. */
@Entity
@Table(name = "account_limits")
public class AccountLimitsEntity {

    @Id
    @Column(name = "account_id")
    private UUID accountId;

    private @Nullable String windows;

    @Column(name = "own_quota")
    private boolean ownQuota;

    @Column(name = "monthly_quota")
    private @Nullable Long monthlyQuota;

    private @Nullable Instant until;

    private String reason;

    @Column(name = "updated_at")
    private Instant updatedAt;

    /** Creates an empty row, for JPA. */
    protected AccountLimitsEntity() {}

    @SuppressWarnings("NullAway.Init") // set is called before it is stored
    AccountLimitsEntity(UUID accountId) {
        this.accountId = accountId;
    }

    void set(LimitOverride override, Instant now) {
        windows = override.windows() == null ? null : WindowPolicy.write(override.windows());
        ownQuota = override.monthlyQuota() != null;
        monthlyQuota = override.monthlyQuota() == null ? null : TierEntity.nullable(override.monthlyQuota());
        until = override.until();
        reason = override.reason();
        updatedAt = now;
    }

    LimitOverride override() {
        return new LimitOverride(
                windows == null ? null : WindowPolicy.read(windows),
                ownQuota ? TierEntity.optional(monthlyQuota) : null,
                until,
                reason);
    }
}
