package dev.tollgate.gate;

import dev.tollgate.core.account.ChangeListener;
import dev.tollgate.core.limit.BanRepository.BannedCaller;
import dev.tollgate.core.limit.BanSink;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.InMemoryGateStore;
import dev.tollgate.gate.lease.Leases;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/** All that this node remembers and an edit invalidates: keys, tiers, bans, route modes and leases. Thread-safe. */
public final class LocalCaches implements ChangeListener {

    private static final Logger LOG = System.getLogger(LocalCaches.class.getName());
    /** About a minute: what is looked at twice a second. */
    private static final int CATCH_UPS_BETWEEN_LOADS = 120;

    /** Callers banned for good that a node remembers, and that others are told of, at most. */
    public static final int MAX_BANNED = 100_000;

    private final ApiKeyCache keys;
    private final TierCache tiers;
    private final BanCache bans;
    private final IntFunction<List<BannedCaller>> banned;
    private final InMemoryGateStore local;
    private final BanSink banSink;
    private final ShadowModes modes;
    private final Leases leases;
    private volatile boolean stale;
    private int catchUps;

    /**
     * @param keys resolved keys
     * @param tiers the tiers in force
     * @param bans bans seen in force
     * @param banned reads the callers banned for good, so many at most
     * @param local this node's stand-in for Redis, which has bans of its own
     * @param banSink where this node's permanent bans wait to be written
     * @param modes route policies switched at run time
     * @param leases leases on callers' limits; an edit ends those it concerns before anything else
     */
    public LocalCaches(
            ApiKeyCache keys,
            TierCache tiers,
            BanCache bans,
            IntFunction<List<BannedCaller>> banned,
            InMemoryGateStore local,
            BanSink banSink,
            ShadowModes modes,
            Leases leases) {
        this.keys = keys;
        this.tiers = tiers;
        this.bans = bans;
        this.banned = banned;
        this.local = local;
        this.banSink = banSink;
        this.modes = modes;
        this.leases = leases;
    }

    @Override
    public void keyChanged(String hash) {
        keys.accountOf(hash).ifPresent(account -> leases.end(Caller.account(account)));
        keys.forget(hash);
    }

    @Override
    public void keysAdded() {
        keys.forgetUnknown();
    }

    @Override
    public void accountChanged(String accountId) {
        leases.end(Caller.account(accountId));
        keys.forgetAccount(accountId);
    }

    @Override
    public void tiersChanged() {
        leases.endAll();
        load();
    }

    @Override
    public void banChanged(Caller caller) {
        leases.end(caller);
        bans.forget(caller);
        local.lift(caller);
        banSink.supersede(caller);
        load();
    }

    @Override
    public void limitsReset(Caller caller) {
        leases.end(caller);
        local.forgetUsage(caller);
    }

    /**
     * Reads tiers, switched route policies and the callers banned for good. What cannot be read now stays as it is and is read by {@link #catchUp}.
     */
    public synchronized void load() {
        boolean read = tiers.reload();
        read &= modes.reload();
        read &= holdBanned();
        stale = !read;
    }

    @Override
    public void catchUp() {
        // Once a minute even without a message, so that this node finds every permanent ban in PostgreSQL.
        if (stale || everyMinute()) {
            load();
        }
    }

    private synchronized boolean everyMinute() {
        catchUps = (catchUps + 1) % CATCH_UPS_BETWEEN_LOADS;
        return catchUps == 0;
    }

    private boolean holdBanned() {
        try {
            bans.replacePermanent(banned.apply(MAX_BANNED).stream()
                    .collect(Collectors.toMap(BannedCaller::caller, BannedCaller::ban)));
            return true;
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "the callers banned for good cannot be read now", e);
            return false;
        }
    }

    @Override
    public void everythingChanged() {
        leases.endAll();
        keys.forgetAll();
        bans.forgetAll();
        load();
    }
}
