package dev.tollgate.postgres.account;

import dev.tollgate.core.limit.Tier;
import dev.tollgate.core.limit.WindowPolicy;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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

    /** The windows besides the one of 60 seconds, which the previous release leaves alone; null for none. */
    @Column(name = "more_windows")
    private @Nullable String moreWindows;

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
        List<WindowPolicy> more = tier.windows().stream()
                .filter(window -> window.windowMillis() != WindowPolicy.MINUTE_MILLIS)
                .toList();
        moreWindows = more.isEmpty() ? null : WindowPolicy.write(more);
        monthlyQuota = nullable(tier.monthlyQuota());
        updatedAt = now;
    }

    Tier tier() {
        List<WindowPolicy> windows = new ArrayList<>(Tier.windowsOf(optional(windowLimit)));
        if (moreWindows != null) {
            windows.addAll(WindowPolicy.read(moreWindows));
        }
        // A node of the previous release may have added the minute to four others.
        windows.sort(Comparator.comparingLong(WindowPolicy::windowMillis));
        return new Tier(name, windows.subList(0, Math.min(windows.size(), Tier.MAX_WINDOWS)), optional(monthlyQuota));
    }

    static OptionalLong optional(@Nullable Long value) {
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }

    static @Nullable Long nullable(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }
}
