package dev.tollgate.core.usage;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** A port to Redis, which holds usage that is recorded and not yet settled. Thread-safe. */
public interface PendingUsage {

    /**
     * Adds usage, all keys in one pipeline, each recording at most once however often it is sent.
     *
     * @param recordings at most one per key
     * @return the keys that were not confirmed, and why; empty if all were. What was not confirmed may or may not have been
     *     added: only the very same recording, with its source and sequence, may be sent again. Never fails as a whole
     */
    CompletionStage<Map<String, Throwable>> record(Collection<UsageDelta> recordings);

    /** Returns one key's unsettled usage. */
    CompletionStage<PendingSnapshot> read(String keyId);

    /**
     * Keys that may have something pending or claimed, longest waiting first.
     *
     * @param skip how many to pass over
     * @param most how many at most
     * @throws PendingUnavailableException if Redis cannot be asked
     */
    List<String> changedKeys(int skip, int most);

    /**
     * Takes the pending usage of the given keys out for a batch. A key whose earlier claim was never acknowledged gives
     * back that claim, with its own batch id, instead of a new one. Keys that could not be asked are left out: should they
     * have been claimed nevertheless, the next call gives that claim.
     *
     * @throws PendingUnavailableException if Redis cannot be asked at all
     */
    Claims claim(Collection<String> keyIds, long batchId);

    /**
     * Forgets applied claims, remembers their batch and drops the keys' cached reports. Repeating it does nothing; what is
     * not acknowledged, since Redis cannot be reached, is claimed again with its old batch id.
     *
     * @return how many were acknowledged
     */
    int acknowledge(Collection<ClaimedUsage> applied);

    /** Postpones the expiry of all unsettled usage of these keys. It is called while the database cannot be written. */
    void renew(Collection<String> keyIds);

    /**
     * What Redis's ledgers of these keys say now.
     *
     * @return by key; keys of which nothing is known are left out
     * @throws PendingUnavailableException if Redis cannot be asked
     */
    Map<String, KeyLedger> ledgers(Collection<String> keyIds);

    /**
     * Begins the ledger of a key anew, with what is pending and claimed of it; these counts stay.
     *
     * @throws PendingUnavailableException if Redis cannot be asked
     */
    void recount(String keyId);

    /**
     * What a batch claimed.
     *
     * @param claims at most one per key; keys with nothing to claim are left out
     * @param failed keys that could not be asked, or whose counts cannot be read
     * @param refusedBy the highest batch already acknowledged for a key that for this reason refused the given batch; 0 if
     *     none did. It means that the database's sequence went back, or that this settler is a late one
     */
    record Claims(List<ClaimedUsage> claims, int failed, long refusedBy) {
        public Claims {
            claims = List.copyOf(claims);
        }
    }

    /**
     * A key's ledger in Redis, read atomically.
     *
     * @param mark recorded, taken and pending requests
     * @param claimedBatch the batch of a claim not yet acknowledged; 0 if there is none
     * @param claimed that claim's requests
     * @param acknowledgedBatch the last batch acknowledged; 0 if none is remembered
     */
    record KeyLedger(LedgerSnapshot mark, long claimedBatch, long claimed, long acknowledgedBatch) {}
}
