package dev.tollgate.core.limit;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A store of callers' windows, quotas, ledgers and bans: Redis, or this node's memory. Every call is atomic: no
 * interleaving of calls over-admits, bans twice or replaces a ban by a shorter one. Implementations are thread-safe.
 */
public interface GateStore {

    /**
     * Decides one request, on the store's own clock.
     *
     * @return completed with the decision; exceptionally with {@link StateMissingException} if {@link #restore} has to come
     *     first; exceptionally otherwise if the store cannot be reached: such a request may or may not have been charged and
     *     must not be repeated. Cancelling its future keeps the store from being sent it, if it was not yet
     */
    CompletionStage<Decision> decide(GateRequest request);

    /**
     * Whether the store is what keeps callers waiting, rather than this process: for that long it has owed an answer to what it was
     * sent, or has not been reached at all. Whoever waits in vain asks; finding out may take a moment, at most that long again.
     *
     * @param nanos how long
     */
    default boolean isUnresponsive(long nanos) {
        return true;
    }

    /** Gives the store what is remembered of an account, unless it knows better by now. Repeating it does nothing. */
    CompletionStage<Void> restore(Caller caller, BillingMonth month, AccountStateSource.AccountState recollection);

    /**
     * Bans a caller by hand.
     *
     * @return the ban now in force: the given one, or the one that was there if that outranks it
     */
    CompletionStage<Ban> ban(Caller caller, BanLevel level, String reason);

    /**
     * Lifts whatever ban a caller has and forgets its violations, so that the next one starts the ladder afresh.
     *
     * @return the ban that was lifted; empty if there was none
     */
    CompletionStage<Optional<Ban>> lift(Caller caller);

    /** Notes under seal that this node saw a permanent ban applied, so that others may believe it. Nobody waits for it. */
    default void confirm(Caller caller, Ban permanent) {}

    /** Whether a node saw this permanent ban applied; false also if that cannot be found out now. */
    default CompletionStage<Boolean> isConfirmed(Caller caller, Ban permanent) {
        return CompletableFuture.completedStage(true);
    }
}
