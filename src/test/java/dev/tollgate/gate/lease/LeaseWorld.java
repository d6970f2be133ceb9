package dev.tollgate.gate.lease;

import dev.tollgate.core.lease.NodeClock;
import dev.tollgate.core.limit.AccountStateSource;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.GateStore;
import dev.tollgate.core.limit.LeaseGrant;
import dev.tollgate.core.limit.LeaseRequest;
import dev.tollgate.core.limit.WindowPolicy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A time line with one store and several nodes that have leases, without threads: nodes freeze, die, lose calls and have clocks of
 * their own, all in a reproducible order.
 */
final class LeaseWorld {

    private static final long ONE_WAY_MILLIS = 1;
    private static final long TIMEOUT_MILLIS = 50;
    private static final long SWEEP_MILLIS = 200;

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
    private long millis;
    private long order;
    private int nodes;

    private record Event(long at, long order, Runnable action) {}

    LeaseWorld(long startMillis) {
        this.millis = startMillis;
    }

    /** The true time, which is the store's clock. */
    long millis() {
        return millis;
    }

    /** Lets time pass, and everything happen that is due. */
    void pass(long span) {
        long end = millis + span;
        while (!events.isEmpty() && events.peek().at() <= end) {
            Event next = events.poll();
            millis = Math.max(millis, next.at());
            next.action().run();
        }
        millis = end;
    }

    private void at(long when, Runnable action) {
        events.add(new Event(when, order++, action));
    }

    /** Starts a node. */
    Node node(GateStore store, Duration length) {
        return node(store, length, 100);
    }

    /** Starts a node that has leases of so many callers at most. */
    Node node(GateStore store, Duration length, int capacity) {
        return new Node(store, length, capacity, "n" + nodes++);
    }

    /** A node and its way to the store. */
    final class Node implements NodeClock, GateStore {
        private final GateStore store;
        private final Leases leases;
        private final Deque<Runnable> held = new ArrayDeque<>();
        private long wallOffset;
        private long frozenUntil = Long.MIN_VALUE;
        private boolean dead;
        private int lost;
        private boolean losesReplies;

        Node(GateStore store, Duration length, int capacity, String name) {
            this.store = store;
            this.leases = new Leases(this, this, (task, delay) -> here(millis + delay, task), length, capacity, name);
            sweepLater();
        }

        private void sweepLater() {
            here(millis + SWEEP_MILLIS, () -> {
                leases.sweep();
                sweepLater();
            });
        }

        /** Runs an action on this node: later if it is frozen then, never if it is dead. */
        private void here(long when, Runnable action) {
            at(when, () -> {
                if (isFrozen()) {
                    held.add(action);
                } else if (!dead) {
                    action.run();
                }
            });
        }

        Leases leases() {
            return leases;
        }

        boolean isFrozen() {
            return millis < frozenUntil;
        }

        void freeze(long span) {
            frozenUntil = Math.max(frozenUntil, millis + span);
            at(frozenUntil, () -> {
                while (!isFrozen() && !held.isEmpty()) {
                    Runnable action = held.poll();
                    if (!dead) {
                        action.run();
                    }
                }
            });
        }

        void kill() {
            dead = true;
        }

        void lose(int calls, boolean replies) {
            lost = calls;
            losesReplies = replies;
        }

        void stepClock(long by) {
            wallOffset += by;
        }

        @Override
        public long nanos() {
            return millis * 1_000_000;
        }

        @Override
        public long millis() {
            return millis + wallOffset;
        }

        @Override
        public CompletionStage<LeaseGrant> lease(LeaseRequest request) {
            CompletableFuture<LeaseGrant> reply = new CompletableFuture<>();
            boolean isLost = lost > 0;
            lost -= isLost ? 1 : 0;
            if (isLost) {
                here(millis + TIMEOUT_MILLIS, () -> reply.completeExceptionally(new IllegalStateException("lost")));
            }
            if (!isLost || losesReplies) {
                at(millis + ONE_WAY_MILLIS, () -> {
                    LeaseGrant grant =
                            store.lease(request).toCompletableFuture().join();
                    if (!isLost) {
                        here(millis + ONE_WAY_MILLIS, () -> reply.complete(grant));
                    }
                });
            }
            return reply;
        }

        @Override
        public CompletionStage<Decision> decide(GateRequest request) {
            return store.decide(request);
        }

        @Override
        public CompletionStage<Void> restore(
                Caller caller, BillingMonth month, AccountStateSource.AccountState recollection) {
            return store.restore(caller, month, recollection);
        }

        @Override
        public CompletionStage<Ban> ban(Caller caller, BanLevel level, String reason) {
            return store.ban(caller, level, reason);
        }

        @Override
        public CompletionStage<Optional<Ban>> lift(Caller caller) {
            return store.lift(caller);
        }

        @Override
        public CompletionStage<BillingMonth> reset(Caller caller, List<WindowPolicy> windows, boolean month) {
            return store.reset(caller, windows, month);
        }
    }
}
