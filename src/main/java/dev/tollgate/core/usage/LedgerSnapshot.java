package dev.tollgate.core.usage;

/**
 * The state of a key's ledger in Redis at the moment of a claim. The ledger counts requests apart from the pending counts,
 * so that an error in either shows.
 *
 * @param epoch when this ledger was begun, Redis microseconds since the epoch: it begins anew when Redis was emptied or the
 *     key rested for longer than the ledger is kept; 0 if there is none
 * @param recorded requests recorded in this epoch
 * @param taken requests of this epoch that acknowledged claims have taken away
 * @param pending requests recorded and not claimed
 */
public record LedgerSnapshot(long epoch, long recorded, long taken, long pending) {

    /** No ledger: nothing to compare with. */
    public static final LedgerSnapshot NONE = new LedgerSnapshot(0, 0, 0, 0);

    /** Returns requests that must be in the claim if nothing was lost or counted twice. */
    public long claimed() {
        return recorded - taken - pending;
    }

    /** Returns requests of this epoch that will have been taken away once this claim is. */
    public long takenAfter() {
        return recorded - pending;
    }

    /** Returns whether there is something to compare with. */
    public boolean isKept() {
        return epoch > 0;
    }
}
