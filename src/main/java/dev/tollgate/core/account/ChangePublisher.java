package dev.tollgate.core.account;

import dev.tollgate.core.limit.Caller;

/**
 * Told of every edit by hand after it is committed, so that all nodes forget what they remember of it within two seconds.
 * Telling twice does no harm. Thread-safe; never fails: where Redis cannot be told, the implementation sees to it that it
 * still gets to know.
 */
public interface ChangePublisher {

    /** A key was made, revoked, or given a new secret. */
    void keyChanged(String hash);

    /** An account's name or tier changed. */
    void accountChanged(String accountId);

    /** A tier was made or its limits changed. */
    void tiersChanged();

    /** A ban was applied or lifted. */
    void banChanged(Caller caller);
}
