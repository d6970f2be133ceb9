package dev.tollgate.core.account;

import dev.tollgate.core.limit.Caller;

/**
 * A port that publishes edits by administrators, so that all nodes drop what they cached of them within two seconds. It is
 * called after the edit is committed, and calling it twice does no harm. Thread-safe. It never fails: where Redis is
 * unreachable, the implementation publishes the edit later.
 */
public interface ChangePublisher {

    /** Publishes that a key was made, revoked, or given a new secret. */
    void keyChanged(String hash);

    /** Publishes that many keys were made whose secrets clients may have used before, so that no node takes them for unknown. */
    void keysAdded();

    /** Publishes that an account's name or tier changed. */
    void accountChanged(String accountId);

    /** Publishes that a tier was made or its limits changed. */
    void tiersChanged();

    /** Publishes that a ban was applied or lifted. */
    void banChanged(Caller caller);

    /** Publishes that a caller's windows were emptied, or its month was. */
    void limitsReset(Caller caller);
}
