package dev.tollgate.core.usage;

import java.util.Optional;

/**
 * The unsettled usage of one key, read atomically.
 *
 * @param pending recorded and not claimed
 * @param claimed claimed by a batch and not acknowledged, if any
 * @param acknowledgedBatch the last batch acknowledged for this key; 0 if none is remembered
 */
public record PendingSnapshot(KeyUsage pending, Optional<ClaimedUsage> claimed, long acknowledgedBatch) {

    /** Nothing unsettled. */
    public static final PendingSnapshot NONE = new PendingSnapshot(KeyUsage.NONE, Optional.empty(), 0);

    /**
     * Returns what has to be added to settled counts that include every batch up to {@code settledBatch}.
     *
     * @return pending, and the claim if those settled counts do not hold it yet
     */
    public KeyUsage beyond(long settledBatch) {
        return claimed.filter(claim -> claim.batchId() > settledBatch)
                .map(claim -> pending.plus(claim.usage()))
                .orElse(pending);
    }

    /** Returns whether settled counts up to that batch are too old for this snapshot: a later batch has already left Redis. */
    public boolean outruns(long settledBatch) {
        return acknowledgedBatch > settledBatch;
    }
}
