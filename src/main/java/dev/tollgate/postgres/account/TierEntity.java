package dev.tollgate.postgres.account;

import dev.tollgate.core.limit.Tier;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.OptionalLong;

/** A row of {@code tiers}. */
@Entity
@Table(name = "tiers")
public class TierEntity {

    @Id
    private String name;

    @Column(name = "window_limit")
    private Long windowLimit;

    @Column(name = "monthly_quota")
    private Long monthlyQuota;

    @Column(name = "updated_at")
    private Instant updatedAt;

    /** Creates an empty row, for JPA. */
    protected TierEntity() {}

    TierEntity(String name) {
        this.name = name;
    }

    void set(Tier tier, Instant now) {
        windowLimit = nullable(tier.windowLimit());
        monthlyQuota = nullable(tier.monthlyQuota());
        updatedAt = now;
    }

    Tier tier() {
        return new Tier(name, optional(windowLimit), optional(monthlyQuota));
    }

    static OptionalLong optional(Long value) {
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }

    static Long nullable(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }
}
