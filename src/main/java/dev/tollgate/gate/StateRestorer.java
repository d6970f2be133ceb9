package dev.tollgate.gate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.async.Failures;
import dev.tollgate.core.limit.AccountStateSource;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.GateStore;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The restoration of accounts' state in a store that was emptied, or in a new month, from PostgreSQL. Concurrent requests of
 * one account share one question to the database. A request that asked the store before the state was there uses it too.
 * Thread-safe.
 */
final class StateRestorer {

    private static final int MAX_REMEMBERED = 10_000;
    private static final Duration LONGER_THAN_A_DECISION_TAKES = Duration.ofSeconds(20);

    private record Month(Caller caller, BillingMonth month) {}

    private final GateStore store;
    private final AccountStateSource states;
    private final Duration budget;
    /** A database that is away must not hold every account's first request of the month for its whole budget. */
    private final CircuitBreaker breaker = new CircuitBreaker(3, 100, 1_000, 5_000);

    private final ConcurrentMap<Month, CompletableFuture<Void>> underWay = new ConcurrentHashMap<>();
    private final Cache<Month, Long> givenBack = Caffeine.newBuilder()
            .maximumSize(MAX_REMEMBERED)
            .expireAfterWrite(LONGER_THAN_A_DECISION_TAKES)
            .build();

    /**
     * @param store what was emptied
     * @param states what remembers; bounds the questions it takes on
     * @param budget the longest a request waits for both
     */
    StateRestorer(GateStore store, AccountStateSource states, Duration budget) {
        this.store = store;
        this.states = states;
        this.budget = budget;
    }

    /**
     * Waits until the store knows the account's history.
     *
     * @param asked when, as {@link System#nanoTime()} counts, the store was asked and did not know it
     * @throws DatabaseUnavailableException if PostgreSQL does not answer in time
     */
    void restore(Caller caller, BillingMonth month, long asked) throws ExecutionException, InterruptedException {
        if (!breaker.tryAcquirePermission(now())) {
            throw new DatabaseUnavailableException(new TimeoutException("the database did not answer a moment ago"));
        }
        try {
            shared(new Month(caller, month), asked).get(budget.toMillis(), TimeUnit.MILLISECONDS);
            breaker.onSuccess();
        } catch (ExecutionException e) {
            if (Failures.unwrap(e) instanceof DatabaseUnavailableException away) {
                breaker.onError(now());
                throw away;
            }
            breaker.onSuccess();
            throw e;
        } catch (TimeoutException e) {
            breaker.onError(now());
            throw new DatabaseUnavailableException(e);
        } catch (InterruptedException e) {
            breaker.onError(now());
            throw e;
        }
    }

    private CompletableFuture<Void> shared(Month month, long asked) {
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> theirs = underWay.putIfAbsent(month, mine);
        if (theirs != null) {
            return theirs;
        }
        Long given = givenBack.getIfPresent(month);
        if (given != null && given - asked > 0) {
            // The state was restored after the store was asked, so asking again is enough. If the store was emptied
            // since, it says so once more.
            underWay.remove(month, mine);
            mine.complete(null);
            return mine;
        }
        recall(month)
                .thenCompose(remembered -> store.restore(month.caller, month.month, remembered))
                .whenComplete((done, failure) -> {
                    if (failure == null) {
                        givenBack.put(month, System.nanoTime());
                    }
                    underWay.remove(month, mine);
                    if (failure == null) {
                        mine.complete(null);
                    } else {
                        mine.completeExceptionally(Failures.unwrap(failure));
                    }
                });
        return mine;
    }

    private CompletionStage<AccountStateSource.AccountState> recall(Month month) {
        CompletableFuture<AccountStateSource.AccountState> recalled = new CompletableFuture<>();
        states.load(month.caller, month.month).whenComplete((remembered, failure) -> {
            if (failure == null) {
                recalled.complete(remembered);
            } else {
                recalled.completeExceptionally(new DatabaseUnavailableException(failure));
            }
        });
        return recalled;
    }

    private static long now() {
        return System.nanoTime() / 1_000_000;
    }
}
