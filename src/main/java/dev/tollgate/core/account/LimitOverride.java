package dev.tollgate.core.account;

import dev.tollgate.core.limit.Tier;
import dev.tollgate.core.limit.WindowPolicy;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Limits of one account instead of its tier's.
 *
 * @param windows its windows, shortest first; empty for none; null for the tier's
 * @param monthlyQuota its monthly quota, an empty one for none; null for the tier's
 * @param until when the tier's limits hold again; null for never
 * @param reason why, 1 to 200 characters; empty where it is not known, as at nodes without a database
 */
public record LimitOverride(
        @Nullable List<WindowPolicy> windows,
        @Nullable OptionalLong monthlyQuota,
        @Nullable Instant until,
        String reason) {

    private static final String OF_TIER = "*";
    private static final String NONE = "-";
    private static final String SEPARATOR = ";";

    public LimitOverride {
        windows = windows == null ? null : Tier.ordered(windows);
    }

    /** Whether it holds at an instant, milliseconds since the epoch. */
    public boolean isInForce(long nowMillis) {
        return until == null || nowMillis < until.toEpochMilli();
    }

    /** The limits of an account of this tier while it holds. */
    public Tier over(Tier tier) {
        return new Tier(tier.name(), windowsOver(tier), quotaOver(tier));
    }

    /** The windows of an account of this tier while it holds: the same list each time. */
    public List<WindowPolicy> windowsOver(Tier tier) {
        return windows == null ? tier.windows() : windows;
    }

    /** The quota of an account of this tier while it holds. */
    public OptionalLong quotaOver(Tier tier) {
        return monthlyQuota == null ? tier.monthlyQuota() : monthlyQuota;
    }

    /** Returns it as one word, without the reason. */
    public String write() {
        return String.join(
                SEPARATOR,
                windows == null ? OF_TIER : WindowPolicy.write(windows),
                monthlyQuota == null
                        ? OF_TIER
                        : monthlyQuota.isPresent() ? Long.toString(monthlyQuota.getAsLong()) : NONE,
                until == null ? NONE : Long.toString(until.toEpochMilli()));
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalArgumentException if the text has another form
     */
    public static LimitOverride read(String text) {
        String[] parts = text.split(SEPARATOR, -1);
        if (parts.length < 3) {
            throw new IllegalArgumentException("not an override");
        }
        return new LimitOverride(
                parts[0].equals(OF_TIER) ? null : WindowPolicy.read(parts[0]),
                parts[1].equals(OF_TIER)
                        ? null
                        : parts[1].equals(NONE) ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(parts[1])),
                parts[2].equals(NONE) ? null : Instant.ofEpochMilli(Long.parseLong(parts[2])),
                "");
    }
}
