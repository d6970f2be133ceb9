package dev.tollgate.core.limit;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A store of callers' windows, quotas, violations and bans: Redis, or this node's memory. Every call is atomic: no
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
     * Returns whether the store keeps callers waiting, rather than this process: it has not answered for that long, or is not
     * connected at all. Callers that ran out of time ask. Finding out may take a moment, at most that long again.
     *
     * @param nanos how long
     */
    default boolean isUnresponsive(long nanos) {
        return true;
    }

    /** Gives the store the state of an account, unless it has newer state. Repeating it does nothing. */
    CompletionStage<Void> restore(Caller caller, BillingMonth month, AccountStateSource.AccountState recollection);

    /**
     * Bans a caller, as an administrator does.
     *
     * @return the ban now in force: the given one, or the one that was there if that outranks it
     */
    CompletionStage<Ban> ban(Caller caller, BanLevel level, String reason);

    /**
     * Lifts the ban of a caller, if any, and forgets its violations, so that the next violation starts at the foot of the ladder.
     *
     * @return the ban that was lifted; empty if there was none
     */
    CompletionStage<Optional<Ban>> lift(Caller caller);

    /**
     * Empties windows of a caller, and its month if asked to. Units that nodes hold on lease stay charged until the nodes report
     * them, so nothing that is admitted later goes uncharged. Repeating it does no harm.
     *
     * <p><b>Known limitation</b>: a request that was admitted before and gets a refund afterwards may bring units back to a month
     * that no longer holds them, down to zero at most.
     *
     * @param windows the windows to empty; others stay
     * @param month whether the counter of the month becomes zero and its quota warnings are given anew; only for accounts
     * @return completed with the month by the store's clock; exceptionally with {@link StateMissingException}, and nothing was
     *     done, if {@link #restore} has to come first
     */
    CompletionStage<BillingMonth> reset(Caller caller, List<WindowPolicy> windows, boolean month);

    /**
     * Charges units of a caller ahead of need, and takes back those of an earlier lease that were not spent. The report counts
     * at most once, whatever is repeated.
     *
     * @return completed with the grant, which is {@link LeaseGrant#NONE} if the caller is banned, near a limit or not known
     *     well enough; exceptionally if the store cannot be reached: then units may be charged that nobody may spend. A store
     *     without leases grants none
     */
    default CompletionStage<LeaseGrant> lease(LeaseRequest request) {
        return CompletableFuture.completedStage(LeaseGrant.NONE);
    }

    /**
     * The same for several callers at once, which costs the store's connection less than as many calls.
     *
     * @return a grant for each request, in their order
     */
    default List<CompletionStage<LeaseGrant>> leaseAll(List<LeaseRequest> requests) {
        return requests.stream().map(this::lease).toList();
    }

    /**
     * Gives units of a request that passed back to its windows and its month, never more than they hold. To be called once.
     *
     * @param uncharged names of the policies it was not charged to, and which get nothing back; empty unless it passed without
     *     being enforced
     * @param units at least 1, at most what the request was charged
     * @param atMillis when it was admitted, milliseconds since the epoch on the store's clock
     */
    default CompletionStage<Void> refund(GateRequest request, List<String> uncharged, int units, long atMillis) {
        return CompletableFuture.completedStage(null);
    }

    /** Records under seal that this node saw a permanent ban applied, so that other nodes may trust it. Does not block. */
    default void confirm(Caller caller, Ban permanent) {}

    /** Returns whether a node saw this permanent ban applied; false also if that cannot be found out now. */
    default CompletionStage<Boolean> isConfirmed(Caller caller, Ban permanent) {
        return CompletableFuture.completedStage(true);
    }
}
