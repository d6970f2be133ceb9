package dev.tollgate.gate;

import dev.tollgate.core.account.AccountDirectory;
import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.limit.Tier;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * A cache of the tiers in force, reloaded after each edit of tiers. Before the first load it has the documented defaults.
 * Thread-safe; a read is one volatile read and a hash look-up.
 */
public final class TierCache {

    /** What the schema is seeded with. */
    private static final Map<String, Tier> DEFAULTS = Map.of(
            "free",
            new Tier("free", OptionalLong.of(10), OptionalLong.of(1_000)),
            "pro",
            new Tier("pro", OptionalLong.of(100), OptionalLong.of(50_000)),
            "enterprise",
            new Tier("enterprise", OptionalLong.empty(), OptionalLong.empty()),
            Tier.ANONYMOUS,
            new Tier(Tier.ANONYMOUS, OptionalLong.of(10), OptionalLong.empty()));

    private final AccountDirectory directory;
    private volatile Map<String, Tier> tiers = DEFAULTS;

    /**
     * @param directory PostgreSQL
     */
    public TierCache(AccountDirectory directory) {
        this.directory = directory;
    }

    /** Reads the tiers again. Returns whether the database said so; otherwise the reading should be repeated. */
    public boolean reload() {
        try {
            tiers = directory.tiers().stream().collect(Collectors.toUnmodifiableMap(Tier::name, tier -> tier));
            return true;
        } catch (DatabaseUnavailableException e) {
            return false;
        }
    }

    /** A tier by name; one that does not exist has the anonymous tier's limits, never none. */
    public Tier get(String name) {
        Map<String, Tier> now = tiers;
        Tier tier = now.get(name);
        if (tier != null) {
            return tier;
        }
        return now.getOrDefault(Tier.ANONYMOUS, Objects.requireNonNull(DEFAULTS.get(Tier.ANONYMOUS)));
    }

    /** All tiers in force. */
    public Collection<Tier> all() {
        return tiers.values();
    }

    /** The tier of callers without a key. */
    public Tier anonymous() {
        return get(Tier.ANONYMOUS);
    }
}
