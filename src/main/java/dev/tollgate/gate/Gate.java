package dev.tollgate.gate;

import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.limit.AccountStateSource;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanSink;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.GateStore;
import dev.tollgate.core.limit.UnreadableStateException;
import dev.tollgate.core.limit.WritesRefusedException;
import dev.tollgate.gate.lease.Leases;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The way of a request to its decision: bans in memory, then a lease, then the store within its budget behind a circuit breaker,
 * then the failure mode.
 *
 * <p>Blocks the calling thread for the budget per round trip at most, and longer only while this process itself is slow: see
 * {@link StoreReply}. Where the state of an account has to be restored first, it also waits for the database, within a budget
 * of its own.
 *
 * <p>The store may still charge a call that ran out of time. Such a call is never repeated, so nothing counts twice. Thread-safe.
 */
public final class Gate {

    private final GateStore store;
    private final GateStore local;
    private final StoreReply reply;
    private final StoreHealth health;
    private final Leases leases;
    private final BanCache banCache;
    private final BanSink banSink;
    private final Duration budget;

    /**
     * Connects all that a decision may need, hence more than five arguments.
     *
     * @param store Redis
     * @param local this node's memory, for the failure mode {@code local}
     * @param leases admit callers who ask often, without the store
     * @param states what an emptied store is given back
     * @param banCache bans in memory
     * @param banSink where permanent bans are kept for good
     * @param breaker between this and the store
     * @param budget the longest one trip to the store may take
     * @param historyBudget the longest a look into the database may take
     * @param usualMode what answers for an unavailable store if a route does not say otherwise, for the log
     */
    public Gate(
            GateStore store,
            GateStore local,
            Leases leases,
            AccountStateSource states,
            BanCache banCache,
            BanSink banSink,
            CircuitBreaker breaker,
            Duration budget,
            Duration historyBudget,
            FailureMode usualMode) {
        this.store = store;
        this.local = local;
        this.reply = new StoreReply(store, new StateRestorer(store, states, historyBudget), budget);
        this.health = new StoreHealth(breaker, usualMode);
        this.leases = leases;
        this.banCache = banCache;
        this.banSink = banSink;
        this.budget = budget;
    }

    /** The longest one trip to the store may take before its silence counts. */
    public Duration budget() {
        return budget;
    }

    /** The longest that a request waits for one trip to the store, however busy this process is. */
    public static Duration queueTimeout(Duration budget) {
        return budget.multipliedBy(StoreReply.MAX_BUDGETS);
    }

    /** A request that was submitted: its decision is known, or on its way, or the store was not asked. */
    public static final class PendingDecision {
        private final GateRequest request;
        private final @Nullable GateResult known;
        private final @Nullable CompletionStage<Decision> reply;
        private final long forgotten;
        private final long asked;

        /**
         * @param known the result, if it is known; else null
         * @param reply on its way; null if the result is known, or the store was not asked
         */
        private PendingDecision(
                GateRequest request,
                @Nullable GateResult known,
                @Nullable CompletionStage<Decision> reply,
                long forgotten,
                long asked) {
            this.request = request;
            this.known = known;
            this.reply = reply;
            this.forgotten = forgotten;
            this.asked = asked;
        }

        /** Whether a reply is on its way, so that {@link Gate#await} would wait for it. */
        public boolean isPending() {
            return reply != null && !reply.toCompletableFuture().isDone();
        }

        /** Runs an action when the reply is there, on the thread that brings it. The action must not block. */
        public void whenAnswered(Runnable action) {
            Objects.requireNonNull(reply).whenComplete((decision, failure) -> action.run());
        }
    }

    /** Asks for the decision about a request, and waits for nothing. {@link #await} has to be called with the result, once. */
    public PendingDecision submit(GateRequest request) {
        if (request.enforced()) {
            Optional<Decision> known = banCache.find(request.caller());
            if (known.isPresent()) {
                return new PendingDecision(request, new GateResult(known, GateResult.Source.MEMORY), null, 0, 0);
            }
        }
        Leases.Admission leased = leases.trySpend(request);
        if (leased != null) {
            GateResult result = new GateResult(Optional.of(leased.decision()), GateResult.Source.LEASE, leased.lease());
            return new PendingDecision(request, result, null, 0, 0);
        }
        if (!health.tryAcquirePermission()) {
            return new PendingDecision(request, null, null, 0, 0);
        }
        long forgotten = banCache.forgotten();
        // Taken before the call. If a state is restored after this time, the restorer does not restore it again.
        long asked = System.nanoTime();
        return new PendingDecision(request, null, store.decide(request), forgotten, asked);
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
     * Waits for a decision, for what is left of the budget since it was asked for.
     *
     * @param mode what answers if the store cannot
     */
    public GateResult await(PendingDecision pending, FailureMode mode) {
        GateRequest request = pending.request;
        if (pending.known != null) {
            return pending.known;
        }
        if (pending.reply == null) {
            return fail(request, mode);
        }
        try {
            Decision decision = reply.await(request, pending.reply, pending.asked);
            health.onAnswer();
            if (wrote(request, decision)) {
                health.onWrite();
            }
            if (decision.ban().isPresent() && request.enforced()) {
                learn(request.caller(), decision, pending.forgotten);
            }
            return new GateResult(Optional.of(leases.withHeld(request, decision)), GateResult.Source.STORE);
        } catch (DatabaseUnavailableException | UnreadableStateException e) {
            // The store works, so the circuit breaker counts no failure. It lacks the account's month or cannot read
            // this
            // caller's state. This node can still enforce the caller's window.
            health.onAnswer();
            return fail(request, mode == FailureMode.CLOSED ? mode : FailureMode.LOCAL);
        } catch (WritesRefusedException e) {
            health.onWritesRefused(e);
            return fail(request, mode);
        } catch (StoreUnavailableException e) {
            health.onUnavailable(e);
            return fail(request, mode);
        }
    }

    /** Charges what fits. Waits for nothing, and is lost if the store does not answer. */
    public void charge(GateRequest request) {
        if (health.state() == CircuitBreaker.State.CLOSED) {
            store.decide(request);
        }
    }

    /**
     * Gives units of a request back that passed. Waits for nothing, and is lost if the store does not answer.
     *
     * @param admitted the result by which it passed
     * @param units at most what it was charged
     */
    public void refund(GateRequest request, GateResult admitted, int units) {
        if (admitted.lease() != null && admitted.lease().giveBack(units)) {
            return;
        }
        Decision decision = admitted.decision().orElseThrow();
        if (admitted.source() == GateResult.Source.LOCAL) {
            local.refund(request, decision.violated(), units, decision.atMillis());
        } else if (health.state() == CircuitBreaker.State.CLOSED) {
            store.refund(request, decision.violated(), units, decision.atMillis());
        }
    }

    /**
     * Asks for what is left of a caller's limits, without waiting for the answer. Consumes nothing.
     *
     * @return a supplier that waits for the rest of the budget; gives empty if the store does not answer
     */
    public Supplier<Optional<Decision>> peek(GateRequest request) {
        GateRequest peek = request.asPeek();
        Optional<Decision> known = peek.enforced() ? banCache.find(peek.caller()) : Optional.empty();
        if (known.isPresent() || health.state() != CircuitBreaker.State.CLOSED) {
            return () -> known;
        }
        long asked = System.nanoTime();
        CompletionStage<Decision> onItsWay = store.decide(peek);
        return () -> {
            try {
                Optional<Decision> seen = Optional.of(reply.await(peek, onItsWay, asked));
                health.onAnswer();
                return seen;
            } catch (StoreUnavailableException e) {
                health.onUnavailable(e);
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

    /**
     * Remembers a ban. Every node that first sees a permanent ban keeps it in PostgreSQL, so that one that died in between loses
     * nothing. But only if a node saw it applied: write access to Redis must not give write access to PostgreSQL.
     */
    private void learn(Caller caller, Decision decision, long forgotten) {
        Ban ban = decision.ban().orElseThrow();
        leases.end(caller);
        if (!banCache.learn(caller, decision, forgotten) || !ban.level().isPermanent()) {
            return;
        }
        if (decision.banApplied()) {
            store.confirm(caller, ban);
            banSink.keep(caller, ban);
        } else {
            store.isConfirmed(caller, ban).thenAccept(confirmed -> {
                // The ban may have been lifted since the decision.
                if (confirmed && banCache.forgotten() == forgotten) {
                    banSink.keep(caller, ban);
                }
            });
        }
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

    /** Whether a ban on the caller is in this node's memory. */
    public boolean knowsBan(Caller caller) {
        return banCache.find(caller).isPresent();
    }

    /** The state of the circuit breaker. */
    public CircuitBreaker.State breakerState() {
        return health.state();
    }

    /** Whether the store refused when it was last asked to write: it is full, or a read-only replica. */
    public boolean refusesWrites() {
        return health.refusesWrites();
    }
}
