package dev.tollgate.gate;

import dev.tollgate.account.ChangeListener;
import dev.tollgate.limit.Caller;

/** All that this node remembers of keys, tiers and bans, and lets go of when told. Thread-safe. */
public final class NodeMemory implements ChangeListener {

    private final KnownKeys keys;
    private final TierTable tiers;
    private final MemoryGuard bans;

    /** Over the three memories. */
    public NodeMemory(KnownKeys keys, TierTable tiers, MemoryGuard bans) {
        this.keys = keys;
        this.tiers = tiers;
        this.bans = bans;
    }

    @Override
    public void keyChanged(String hash) {
        keys.forget(hash);
    }

    @Override
    public void accountChanged(String accountId) {
        keys.forgetAccount(accountId);
    }

    @Override
    public void tiersChanged() {
        tiers.reload();
    }

    @Override
    public void banChanged(Caller caller) {
        bans.forget(caller);
    }

    @Override
    public void everythingChanged() {
        keys.forgetAll();
        bans.forgetAll();
        tiers.reload();
    }
}
