package dev.tollgate.core.usage;

import java.util.List;
import java.util.Objects;

/**
 * Usage of one key that a batch claimed out of pending usage and did not yet acknowledge.
 *
 * <p>A key has at most one claim at a time and claims of one key carry rising batch ids. PostgreSQL remembers per key the
 * last batch applied ({@code api_keys.settled_batch}), so applying a claim twice is a no-op and a reader can tell whether a
 * claim it sees in Redis is already part of the settled counts.
 *
 * @param keyId the API key's id
 * @param batchId the batch that claimed it, from the database's sequence
 * @param usage what was claimed
 * @param mark what Redis's ledger of the key said meanwhile
 * @param damage what could not be read of it, as far as text can show it; empty if all could. Such a claim is never added to
 *     settled counts
 */
public record ClaimedUsage(String keyId, long batchId, KeyUsage usage, LedgerSnapshot mark, List<String> damage) {
    public ClaimedUsage {
        Objects.requireNonNull(keyId, "keyId");
        Objects.requireNonNull(usage, "usage");
        Objects.requireNonNull(mark, "mark");
        damage = List.copyOf(damage);
    }

    /** A claim that could be read. */
    public ClaimedUsage(String keyId, long batchId, KeyUsage usage, LedgerSnapshot mark) {
        this(keyId, batchId, usage, mark, List.of());
    }

    /** A claim of which no ledger is known. */
    public ClaimedUsage(String keyId, long batchId, KeyUsage usage) {
        this(keyId, batchId, usage, LedgerSnapshot.NONE);
    }
}
