package dev.tollgate.gate;

import dev.tollgate.account.ChangeListener;
import dev.tollgate.limit.BanRecords;
import dev.tollgate.limit.BannedCaller;
import dev.tollgate.limit.Caller;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.stream.Collectors;

/** All that this node remembers of keys, tiers and bans, and lets go of when told. Thread-safe. */
public final class NodeMemory implements ChangeListener {

    private static final Logger LOG = System.getLogger(NodeMemory.class.getName());
    private static final int MOST_ADDRESSES = 100_000;

    private final KnownKeys keys;
    private final TierTable tiers;
    private final MemoryGuard bans;
    private final BanRecords records;

    /** Over the three memories, and where addresses banned for good are read from. */
    public NodeMemory(KnownKeys keys, TierTable tiers, MemoryGuard bans, BanRecords records) {
        this.keys = keys;
        this.tiers = tiers;
        this.bans = bans;
        this.records = records;
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
        if (!caller.isAccount()) {
            holdAddresses();
        }
    }

    /** Reads tiers and the addresses banned for good; what cannot be read stays as it is. */
    public void load() {
        tiers.reload();
        holdAddresses();
    }

    private void holdAddresses() {
        try {
            bans.hold(records.permanentAddresses(MOST_ADDRESSES).stream()
                    .collect(Collectors.toMap(BannedCaller::caller, BannedCaller::ban)));
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "the addresses banned for good cannot be read now", e);
        }
    }

    @Override
    public void everythingChanged() {
        keys.forgetAll();
        bans.forgetAll();
        load();
    }
}
