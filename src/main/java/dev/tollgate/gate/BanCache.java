package dev.tollgate.gate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Decision;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * A bounded cache of bans in force that this node has seen. It refuses the flood of a banned caller without a round trip.
 *
 * <p>An entry lives for a minute at most. So a lift is effective after that even if its message and its edition were missed.
 * The times of a ban are on Redis's clock; each entry keeps the difference to the node's clock at the moment the ban was seen.
 * Thread-safe.
 */
public final class BanCache {

    private static final Duration MAX_AGE = Duration.ofMinutes(1);

    private record Held(Ban ban, long ahead) {}

    private final Cache<Caller, Held> bans;
    private final LongSupplier clock;
    private final AtomicLong forgotten = new AtomicLong();
    private volatile Map<Caller, Ban> permanent = Map.of();

    /**
     * @param capacity bans at most; beyond it the least used goes, and its caller is asked about in Redis again
     * @param clock this node's clock, milliseconds since the epoch
     */
    public BanCache(int capacity, LongSupplier clock) {
        this.clock = clock;
        this.bans = Caffeine.newBuilder()
                .maximumSize(capacity)
                .expireAfterWrite(MAX_AGE)
                .ticker(Ticker.systemTicker())
                .build();
    }

    /**
     * Replaces the permanent bans by those in PostgreSQL. They hold even if Redis has none: Redis may have been emptied, and
     * an address has no state to restore. Deleting a ban in Redis must not lift it.
     */
    public void replacePermanent(Map<Caller, Ban> bannedForGood) {
        permanent = Map.copyOf(bannedForGood);
    }

    /** A refusal, if a ban on the caller is known and holds. */
    public Optional<Decision> find(Caller caller) {
        Ban forGood = permanent.get(caller);
        if (forGood != null) {
            return Optional.of(Decision.banned(clock.getAsLong(), forGood));
        }
        Held held = bans.getIfPresent(caller);
        if (held == null) {
            return Optional.empty();
        }
        long now = clock.getAsLong() + held.ahead();
        if (!held.ban().holdsAt(now)) {
            bans.invalidate(caller);
            return Optional.empty();
        }
        return Optional.of(Decision.banned(now, held.ban()));
    }

    /** How often bans were forgotten so far: read before a decision is asked for, it tells {@link #learn} what it may keep. */
    public long forgotten() {
        return forgotten.get();
    }

    /**
     * Remembers the ban a decision brought or found, unless bans were forgotten since it was asked for: it may be the very one
     * that was lifted.
     *
     * @param asked {@link #forgotten} from before the decision was asked for
     * @return whether it is remembered now and was not before
     */
    public boolean learn(Caller caller, Decision decision, long asked) {
        boolean isNew = remember(caller, decision);
        if (forgotten.get() != asked) {
            bans.invalidate(caller);
            return false;
        }
        return isNew;
    }

    private boolean remember(Caller caller, Decision decision) {
        Ban ban = decision.ban().orElseThrow();
        Held held = new Held(ban, decision.atMillis() - clock.getAsLong());
        return bans.asMap().put(caller, held) == null;
    }

    /** Forgets what is known of a caller: its ban changed. */
    public void forget(Caller caller) {
        forgotten.incrementAndGet();
        bans.invalidate(caller);
    }

    /** Forgets everything: changes may have been missed. */
    public void forgetAll() {
        forgotten.incrementAndGet();
        bans.invalidateAll();
    }

    /** Roughly how many bans are remembered. */
    public long size() {
        return bans.estimatedSize();
    }
}
