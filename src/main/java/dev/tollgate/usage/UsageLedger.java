package dev.tollgate.usage;

import java.util.Collection;
import java.util.Map;

/** Settled usage: PostgreSQL. Called inside the settlement's transaction. */
public interface UsageLedger {

    /**
     * Makes this transaction the only settlement under way, until it ends.
     *
     * @return false if another node settles right now
     */
    boolean tryLock();

    /** A new batch id, higher than all before. */
    long nextBatchId();

    /**
     * Adds claims to the settled counts, each at most once whatever happens: a key whose last applied batch is not below
     * the claim's is left as it is. Claims of keys that no longer exist are set aside, with their counts.
     *
     * @param batchId the batch this pass runs under; claims found from an earlier, dead pass carry their own
     * @param claims at most one per key
     */
    Applied apply(long batchId, Collection<ClaimedUsage> claims);

    /**
     * Raises settled month counters to what Redis says; never lowers one.
     *
     * @param usedByAccount cost units used in that month by account id
     * @param month as {@code 2026-11}
     */
    void settleQuota(String month, Map<String, Long> usedByAccount);

    /** The accounts that own these keys, by key id; keys that no longer exist are left out. */
    Map<String, String> accountsOf(Collection<String> keyIds);

    /**
     * What a batch did.
     *
     * @param keys keys whose counts were added
     * @param repeated keys whose claim had been applied before
     * @param setAside keys that could not be written
     * @param requests requests added to settled counts
     */
    record Applied(int keys, int repeated, int setAside, long requests) {}
}
