package dev.tollgate.postgres.account;

import dev.tollgate.core.limit.Tier;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A row of {@code tiers}. */
@Entity
@Table(name = "tiers")
public class TierEntity {

    @Id
    private String name;

    @Column(name = "window_limit")
    private @Nullable Long windowLimit;

    @Column(name = "monthly_quota")
    private @Nullable Long monthlyQuota;

    @Column(name = "updated_at")
    private Instant updatedAt;

    /** Creates an empty row, for JPA. */
    protected TierEntity() {}

    @SuppressWarnings("NullAway.Init") // set is called before it is stored
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

    static OptionalLong optional(@Nullable Long value) {
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }

    static @Nullable Long nullable(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }
}
