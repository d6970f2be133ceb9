package dev.tollgate.gate;

import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.async.Failures;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.GateStore;
import dev.tollgate.core.limit.StateMissingException;
import dev.tollgate.core.limit.UnreadableStateException;
import dev.tollgate.core.limit.WritesRefusedException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The wait for a store's reply, and what its timeout means.
 *
 * <p>The budget covers the store alone. Time that this process takes itself, in a queue or because it gets no processor (a
 * collection, a compilation, too few cores), does not count: a request that passed for it would be over the limit whenever a node
 * is busy. Even so a request waits for {@value #MAX_BUDGETS} budgets at most. Thread-safe.
 */
final class StoreReply {

    static final int MAX_BUDGETS = 10;

    private static final int MAX_TRIPS = 3;

    private final GateStore store;
    private final StateRestorer restorer;
    private final long budgetNanos;

    StoreReply(GateStore store, StateRestorer restorer, Duration budget) {
        this.store = store;
        this.restorer = restorer;
        this.budgetNanos = budget.toNanos();
    }

    /**
     * Waits for a decision. If the store lacks the state of the account, gives it back and asks again.
     *
     * @param reply on its way
     * @param asked when it was asked for, as {@link System#nanoTime()} counts
     * @throws StoreUnavailableException if the store does not answer within the budget, or answers with an error
     * @throws DatabaseUnavailableException if the state is missing and PostgreSQL does not answer
     * @throws UnreadableStateException if the store cannot read what it has of the caller
     * @throws WritesRefusedException if the store does not write
     */
    Decision await(GateRequest request, CompletionStage<Decision> reply, long asked) {
        return await(request, reply, asked, MAX_TRIPS);
    }

    private Decision await(GateRequest request, CompletionStage<Decision> reply, long asked, int trips) {
        try {
            return await(reply.toCompletableFuture(), asked);
        } catch (StateMissingException e) {
            if (trips == 0) {
                throw new StoreUnavailableException("the store forgets what it is given", e);
            }
            restore(request.caller(), e.month(), asked);
            long askedAgain = System.nanoTime();
            return await(request, store.decide(request), askedAgain, trips - 1);
        }
    }

    private void restore(Caller caller, BillingMonth month, long asked) {
        try {
            restorer.restore(caller, month, asked);
        } catch (InterruptedException e) {
            throw interrupted(e);
        } catch (ExecutionException e) {
            throw failure(e);
        }
    }

    private <T> T await(CompletableFuture<T> reply, long asked) {
        for (long wait = budgetNanos - (System.nanoTime() - asked); ; wait = budgetNanos) {
            try {
                return reply.get(Math.max(0, wait), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                boolean silent = store.isUnresponsive(budgetNanos);
                // Cancelling keeps a waiting call from being sent. It fails if the reply has just come, which get()
                // then returns.
                if ((silent || System.nanoTime() - asked > MAX_BUDGETS * budgetNanos) && reply.cancel(false)) {
                    throw new StoreUnavailableException(
                            silent ? "no answer within the budget" : "no answer within " + MAX_BUDGETS + " budgets", e);
                }
            } catch (InterruptedException e) {
                throw interrupted(e);
            } catch (ExecutionException e) {
                throw failure(e);
            }
        }
    }

    private static StoreUnavailableException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new StoreUnavailableException("interrupted", e);
    }

    private static RuntimeException failure(ExecutionException e) {
        Throwable cause = Failures.unwrap(e);
        if (cause instanceof StateMissingException missing) {
            return missing;
        }
        if (cause instanceof UnreadableStateException unreadable) {
            return unreadable;
        }
        if (cause instanceof WritesRefusedException refused) {
            return refused;
        }
        return StoreUnavailableException.of(cause);
    }
}
