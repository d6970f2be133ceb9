package dev.tollgate.core.ledger;

import dev.tollgate.core.usage.ClaimedUsage;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A port to settled usage in PostgreSQL. It is called inside the settlement's transaction, except for the methods that only
 * read.
 */
public interface SettlementStore {

    /**
     * Makes this transaction the only settlement under way, until it ends.
     *
     * @return false if another node settles right now
     */
    boolean tryLock();

    /** Returns a new batch id, higher than all before. */
    long nextBatchId();

    /** Makes all further batch ids higher than the given one: for a database that was restored from an older copy. */
    void skipBatchIds(long upTo);

    /**
     * Adds claims to the settled counts, each at most once whatever happens: a key whose last applied batch is not below
     * the claim's is left as it is. Claims of keys that no longer exist, and claims that cannot be written, are quarantined,
     * whole, with the reason; they do not keep the others back.
     *
     * @param batchId the batch this pass runs under; claims found from an earlier, dead pass carry their own
     * @param claims at most one per key
     */
    Applied apply(long batchId, Collection<ClaimedUsage> claims);

    /**
     * Raises settled month counters to what Redis says; never lowers one. Accounts that no longer exist are passed over, and so
     * are those whose month was reset since Redis was asked.
     *
     * @param usedByAccount cost units used in that month by account id
     * @param month as {@code 2026-11}
     * @param askedAt a time by {@link #now}, from before Redis was asked
     */
    void settleQuota(String month, Map<String, Long> usedByAccount, Instant askedAt);

    /** Returns the time by the database's clock. */
    Instant now();

    /** Returns the accounts that own these keys, by key id; keys that no longer exist are left out. */
    Map<String, String> accountsOf(Collection<String> keyIds);

    /** The ledger's totals and, as of the same instant, what is known of the given keys. */
    Books books(Collection<String> keyIds);

    /**
     * Makes the total recorded what was settled and quarantined. A transaction of its own.
     *
     * @return by how many requests that raised it; negative if it lowered it
     */
    BigInteger recount();

    /**
     * What a batch did.
     *
     * @param keys keys whose counts were added
     * @param repeated keys whose claim had been applied before
     * @param setAside keys that could not be written
     * @param requests requests added to settled counts
     * @param mismatches where Redis's ledger, the claim and the database's disagree
     */
    record Applied(int keys, int repeated, int setAside, long requests, List<Mismatch> mismatches) {
        public Applied {
            mismatches = List.copyOf(mismatches);
        }
    }

    /**
     * A key whose books do not balance.
     *
     * @param keyId the API key's id
     * @param expected requests by the one account
     * @param found requests by the other
     * @param what what was compared
     */
    record Mismatch(String keyId, long expected, long found, String what) {}

    /**
     * Sums since the first batch, in requests, all of the same instant.
     *
     * @param recorded by Redis's ledgers, of all claims ever applied or quarantined
     * @param settled added to settled counts
     * @param setAside quarantined
     * @param mismatches how often a key's books did not balance
     * @param lastMismatch when that was last so
     * @param setAsideLately claims quarantined within the last hour
     * @param keys what is known of the keys asked for
     */
    record Books(
            BigInteger recorded,
            BigInteger settled,
            BigInteger setAside,
            long mismatches,
            Optional<Instant> lastMismatch,
            RecentQuarantine setAsideLately,
            Map<String, KeyBook> keys) {
        public Books {
            keys = Map.copyOf(keys);
        }
    }

    /**
     * The database's side of a key's ledger.
     *
     * @param exists whether the key is there
     * @param appliedBatch the last batch applied to it, or quarantined for it
     * @param epoch the epoch of Redis's ledger its last claim came from; 0 for none
     * @param requests requests of that epoch that were settled or quarantined
     */
    record KeyBook(boolean exists, long appliedBatch, long epoch, long requests) {}
}
