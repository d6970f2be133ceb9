package dev.tollgate.gate;

import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.limit.AccountStateSource;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanSink;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.GateStore;
import dev.tollgate.core.limit.StateMissingException;
import dev.tollgate.core.limit.UnreadableStateException;
import dev.tollgate.core.limit.WritesRefusedException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * The one way through for a request: bans in memory, then the store within the budget, then the failure mode. Blocks the
 * calling thread for at most the budget per trip to Redis, and longer only for as long as this process itself is slow; where
 * an account's history is needed first, also for the database within a budget of its own. Thread-safe.
 *
 * <p>A call that ran out of time may still be charged by Redis; it is never repeated, so nothing counts twice.
 */
public final class Gate {

    private static final Logger LOG = System.getLogger(Gate.class.getName());
    private static final int TRIPS_FOR_STATE = 3;
    private static final int QUEUE_BUDGETS = 10;

    private static final int MAX_WAITING = 120;

    private final GateStore store;
    private final GateStore local;
    private final StateRestorer restoration;
    private final BanCache banCache;
    private final BanSink banSink;
    private final CircuitBreaker breaker;
    private final long budgetNanos;
    private final LongAdder timeouts = new LongAdder();
    private final AtomicBoolean writesRefused = new AtomicBoolean();

    /**
     * @param store Redis
     * @param local this node's memory, for the failure mode {@code local}
     * @param states what an emptied store is given back
     * @param banCache bans in memory
     * @param banSink where permanent bans are kept for good
     * @param breaker between this and the store
     * @param budget the longest one trip to the store may take
     * @param historyBudget the longest a look into the database may take
     */
    public Gate(
            GateStore store,
            GateStore local,
            AccountStateSource states,
            BanCache banCache,
            BanSink banSink,
            CircuitBreaker breaker,
            Duration budget,
            Duration historyBudget) {
        this.store = store;
        this.local = local;
        this.restoration = new StateRestorer(store, states, historyBudget);
        this.banCache = banCache;
        this.banSink = banSink;
        this.breaker = breaker;
        this.budgetNanos = budget.toNanos();
    }

    /** The longest one trip to the store may take before its silence counts. */
    public Duration budget() {
        return Duration.ofNanos(budgetNanos);
    }

    /** The longest that a request waits for one trip to the store, however busy this process is. */
    public static Duration queueTimeout(Duration budget) {
        return budget.multipliedBy(QUEUE_BUDGETS);
    }

    /** A request that was asked about, with what was known without asking or the answer that is on its way. */
    public static final class PendingDecision {
        private final GateRequest request;
        private final Optional<Decision> known;
        private final CompletionStage<Decision> answer;
        private final long forgotten;
        private final long asked = System.nanoTime();

        /** @param answer on its way; null if it is known, or nobody was asked */
        private PendingDecision(
                GateRequest request, Optional<Decision> known, CompletionStage<Decision> answer, long forgotten) {
            this.request = request;
            this.known = known;
            this.answer = answer;
            this.forgotten = forgotten;
        }

        /** Whether an answer is on its way, so that {@link Gate#await} would wait for it. */
        public boolean isPending() {
            return answer != null && !answer.toCompletableFuture().isDone();
        }

        /** Has something done once nothing is under way any more, on whichever thread that is; it must not block. */
        public void whenAnswered(Runnable what) {
            answer.whenComplete((decision, failure) -> what.run());
        }
    }

    /**
     * Asks about a request, and waits for nothing. {@link #await} has to be called with it, once.
     */
    public PendingDecision submit(GateRequest request) {
        if (request.enforced()) {
            Optional<Decision> known = banCache.find(request.caller());
            if (known.isPresent()) {
                return new PendingDecision(request, known, null, 0);
            }
        }
        if (!breaker.tryAcquirePermission(now())) {
            return new PendingDecision(request, Optional.empty(), null, 0);
        }
        long forgotten = banCache.forgotten();
        return new PendingDecision(request, Optional.empty(), store.decide(request), forgotten);
    }

    /**
     * Decides one request: asks, and waits for the answer.
     *
     * @param mode what answers if the store cannot
     */
    public GateResult decide(GateRequest request, FailureMode mode) {
        return await(submit(request), mode);
    }

    /**
     * Waits for the answer to a question, for what is left of the budget since it was asked.
     *
     * @param mode what answers if the store cannot
     */
    public GateResult await(PendingDecision question, FailureMode mode) {
        GateRequest request = question.request;
        if (question.known.isPresent()) {
            return new GateResult(question.known, GateResult.Source.MEMORY);
        }
        if (question.answer == null) {
            return fail(request, mode);
        }
        try {
            Decision decision = submit(request, question.answer, question.asked, TRIPS_FOR_STATE);
            onStoreAnswered();
            if (writesRefused.get() && wrote(request, decision) && writesRefused.compareAndSet(true, false)) {
                LOG.log(Level.INFO, "Redis writes again; limits are enforced by it from now on");
            }
            if (decision.ban().isPresent() && request.enforced()) {
                learn(request.caller(), decision, question.forgotten);
            }
            return new GateResult(Optional.of(decision), GateResult.Source.STORE);
        } catch (DatabaseUnavailableException e) {
            // Redis answered, and knows of no ban; it is the account's month in PostgreSQL that cannot be had. Its
            // window
            // can still be held, by this node.
            onStoreAnswered();
            return fail(request, mode == FailureMode.CLOSED ? mode : FailureMode.LOCAL);
        } catch (UnreadableStateException e) {
            // Redis answered, and answers others: this caller alone is held by this node.
            onStoreAnswered();
            return fail(request, mode == FailureMode.CLOSED ? mode : FailureMode.LOCAL);
        } catch (WritesRefusedException e) {
            // It answers, at no cost to speak of, and its bans still hold: it is asked on.
            breaker.onSuccess();
            timeouts.increment();
            if (writesRefused.compareAndSet(false, true)) {
                LOG.log(
                        Level.WARNING,
                        "Redis refuses to write ({0}); requests it would admit are answered by their failure mode",
                        e.getMessage());
            }
            return fail(request, mode);
        } catch (StoreUnavailableException e) {
            onStoreUnavailable(e);
            return fail(request, mode);
        }
    }

    /** Charges what fits, behind the caller's back: waits for nothing, and is lost if the store does not answer. */
    public void charge(GateRequest request) {
        if (breaker.state() == CircuitBreaker.State.CLOSED) {
            store.decide(request);
        }
    }

    /**
     * Begins a look at where a caller stands, which consumes nothing, and does not wait for it.
     *
     * @return waits for what is left of the budget; empty if nobody can say
     */
    public Supplier<Optional<Decision>> peek(GateRequest request) {
        GateRequest look = request.uncharged();
        Optional<Decision> known = look.enforced() ? banCache.find(look.caller()) : Optional.empty();
        if (known.isPresent() || breaker.state() != CircuitBreaker.State.CLOSED) {
            return () -> known;
        }
        long asked = System.nanoTime();
        CompletionStage<Decision> answer = store.decide(look);
        return () -> {
            try {
                Optional<Decision> seen = Optional.of(submit(look, answer, asked, TRIPS_FOR_STATE));
                onStoreAnswered();
                return seen;
            } catch (StoreUnavailableException e) {
                onStoreUnavailable(e);
                return Optional.empty();
            } catch (DatabaseUnavailableException | UnreadableStateException | WritesRefusedException e) {
                return Optional.empty();
            }
        };
    }

    /**
     * Warms up the way to the store: see {@link WarmUp}.
     *
     * @param atMost how long at most
     */
    public void warmUp(Duration atMost) {
        new WarmUp(store).run(atMost);
    }

    /** Whether this decision cannot have been made without writing. */
    private static boolean wrote(GateRequest request, Decision decision) {
        return request.charged()
                && decision.isAdmitted()
                && (request.caller().isAccount() || !request.windows().isEmpty());
    }

    private void onStoreUnavailable(StoreUnavailableException e) {
        timeouts.increment();
        if (breaker.onError(now())) {
            LOG.log(
                    Level.WARNING,
                    "Redis does not answer ({0}); requests are answered by their failure mode until it does",
                    e.getMessage());
        }
    }

    private void onStoreAnswered() {
        if (breaker.onSuccess()) {
            LOG.log(Level.INFO, "Redis answers again; limits are enforced by it from now on");
        }
    }

    /**
     * A permanent ban is kept in PostgreSQL by every node that first sees it: one that died in between loses nothing. But only if
     * a node saw it applied: whoever can write to Redis must not write to PostgreSQL.
     */
    private void learn(Caller caller, Decision decision, long asked) {
        Ban ban = decision.ban().orElseThrow();
        if (!banCache.learn(caller, decision, asked) || !ban.level().isPermanent()) {
            return;
        }
        if (decision.banApplied()) {
            store.confirm(caller, ban);
            banSink.keep(caller, ban);
        } else {
            store.isConfirmed(caller, ban).thenAccept(confirmed -> {
                // It may have been lifted meanwhile.
                if (confirmed && banCache.forgotten() == asked) {
                    banSink.keep(caller, ban);
                }
            });
        }
    }

    private Decision submit(GateRequest request, CompletionStage<Decision> answer, long asked, int trips) {
        try {
            return await(answer, asked);
        } catch (StateMissingException e) {
            if (trips == 0) {
                throw new StoreUnavailableException("the store forgets what it is given", e);
            }
            restore(request.caller(), e.month(), asked);
            return submit(request, store.decide(request), System.nanoTime(), trips - 1);
        }
    }

    private void restore(Caller caller, BillingMonth month, long asked) {
        try {
            restoration.bring(caller, month, asked);
        } catch (InterruptedException e) {
            throw interrupted(e);
        } catch (ExecutionException e) {
            throw failure(e);
        }
    }

    /**
     * Waits while the store is within its budget. What this process takes by itself, in line or because it gets no processor (a
     * collection, a compilation, too few cores), is not the store's: letting requests pass for that would over-admit whenever a
     * node is busy. Even so a request waits for {@value #QUEUE_BUDGETS} budgets at most.
     */
    private <T> T await(CompletionStage<T> stage, long asked) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        for (long wait = budgetNanos - (System.nanoTime() - asked); ; wait = budgetNanos) {
            try {
                return future.get(Math.max(0, wait), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                boolean silent = store.isUnresponsive(budgetNanos);
                // What is cancelled is not sent any more. If its answer has come meanwhile, it cannot be cancelled.
                if ((silent || System.nanoTime() - asked > QUEUE_BUDGETS * budgetNanos) && future.cancel(false)) {
                    throw new StoreUnavailableException(
                            silent ? "no answer within the budget" : "no answer within " + QUEUE_BUDGETS + " budgets",
                            e);
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
        if (e.getCause() instanceof StateMissingException needed) {
            return needed;
        }
        if (e.getCause() instanceof UnreadableStateException unreadable) {
            return unreadable;
        }
        return e.getCause() instanceof WritesRefusedException refused
                ? refused
                : new StoreUnavailableException(brief(e.getCause()), e.getCause());
    }

    /** A client's message may hold whole scripts; a line of the log is one line. */
    private static String brief(Throwable failure) {
        String line = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
        return failure.getClass().getSimpleName() + ": "
                + (line.length() > MAX_WAITING ? line.substring(0, MAX_WAITING) : line);
    }

    private GateResult fail(GateRequest request, FailureMode mode) {
        return switch (mode) {
            case OPEN -> new GateResult(Optional.empty(), GateResult.Source.OPEN);
            case CLOSED -> new GateResult(Optional.empty(), GateResult.Source.CLOSED);
            case LOCAL ->
                new GateResult(
                        Optional.of(local.decide(request).toCompletableFuture().join()), GateResult.Source.LOCAL);
        };
    }

    /** Whether a ban on the caller is in this node's memory, without asking anybody. */
    public boolean knowsBan(Caller caller) {
        return banCache.find(caller).isPresent();
    }

    /** Where the breaker stands. */
    public CircuitBreaker.State breakerState() {
        return breaker.state();
    }

    /** Whether the store answered, when last asked to write, that it would not: it is full, or a read-only replica. */
    public boolean refusesWrites() {
        return writesRefused.get();
    }

    /** Requests the store did not answer in time or would not write for, since the start. */
    public long timeouts() {
        return timeouts.sum();
    }

    private static long now() {
        return System.nanoTime() / 1_000_000;
    }

    private static final class StoreUnavailableException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StoreUnavailableException(String message, Throwable cause) {
            super(message, cause, false, false);
        }
    }
}
