package dev.tollgate.redis.decision;

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
import dev.tollgate.core.limit.StateMissingException;
import dev.tollgate.core.limit.UnreadableStateException;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.redis.batch.Operation;
import dev.tollgate.redis.batch.Script;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.ConnectionTracker;
import dev.tollgate.redis.connection.ErrorReplies;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.connection.WriteErrorTranslator;
import dev.tollgate.redis.seal.Sealing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/**
 * A gate store in Redis: one script decides about limits, quotas and bans.
 *
 * <p>The decisions of a batch share one run of {@code gate.lua}. If a value of a caller cannot be read, {@code repair.lua}
 * deletes it and the request is decided once more; other callers are not affected. An account whose counter is missing fails
 * with {@link StateMissingException}, and the gate restores its state from PostgreSQL. Thread-safe; never blocks.
 */
public final class RedisGateStore implements GateStore {

    private static final Script GATE = Script.load(Operation.GATE, "decision/gate");
    private static final Script RESTORE = Script.load(Operation.GATE, "decision/restore");
    private static final Script BAN = Script.load(Operation.GATE, "decision/ban_format", "decision/ban");
    private static final Script LIFT = Script.load(Operation.GATE, "decision/ban_format", "decision/lift");
    private static final Script REPAIR = Script.load(Operation.GATE, "decision/ban_format", "decision/repair");
    private static final Script LEASE = Script.load(Operation.GATE, "decision/window_log", "decision/lease");
    private static final Script REFUND = Script.load(Operation.GATE, "decision/window_log", "decision/refund");
    private static final Script RESET = Script.load(Operation.GATE, "decision/window_log", "decision/reset");
    private static final int MONTH_ATTEMPTS = 3;

    private final ScriptBatcher batcher;
    private final RedisKeys keys;
    private final LongSupplier clock;
    private final Scripts scripts;
    private final ConnectionTracker connections;
    private final WriteErrorTranslator writeErrors;
    private final BanSeals seals;
    private final RepairLog repairs;
    private final LeaseCalls leases;
    private final PolicyArgumentCache policies = new PolicyArgumentCache();

    /**
     * Creates a store. More than five arguments, since each is a collaborator that the compositions share with others.
     *
     * @param clock this node's clock in milliseconds since the epoch. It gives a first guess at the month; Redis's clock decides
     * @param connections closed when Redis turns out to be a read-only replica, whose address may lead to a new master
     * @param sealing seals lifted bans and permanent bans
     * @param repairs counts values that could not be read
     */
    public RedisGateStore(
            ScriptBatcher batcher,
            RedisKeys keys,
            LongSupplier clock,
            ConnectionTracker connections,
            Sealing sealing,
            RepairLog repairs) {
        this(
                batcher,
                keys,
                clock,
                new Scripts(GATE, RESTORE, BAN, LIFT, LEASE, REFUND, RESET),
                connections,
                sealing,
                repairs);
    }

    /** Creates a store with a secret of this process alone. */
    public RedisGateStore(ScriptBatcher batcher, RedisKeys keys, LongSupplier clock, ConnectionTracker connections) {
        this(batcher, keys, clock, connections, Sealing.ofThisProcess(), new RepairLog(clock));
    }

    /** Creates a store with a secret of this process, which closes no connections. */
    public RedisGateStore(ScriptBatcher batcher, RedisKeys keys, LongSupplier clock) {
        this(batcher, keys, clock, new ConnectionTracker());
    }

    /** The scripts that read the clock; tests replace them. */
    record Scripts(Script gate, Script restore, Script ban, Script lift, Script lease, Script refund, Script reset) {}

    RedisGateStore(ScriptBatcher batcher, RedisKeys keys, LongSupplier clock, Scripts scripts) {
        this(batcher, keys, clock, scripts, new ConnectionTracker(), Sealing.ofThisProcess(), new RepairLog(clock));
    }

    private RedisGateStore(
            ScriptBatcher batcher,
            RedisKeys keys,
            LongSupplier clock,
            Scripts scripts,
            ConnectionTracker connections,
            Sealing sealing,
            RepairLog repairs) {
        this.batcher = batcher;
        this.keys = keys;
        this.clock = clock;
        this.scripts = scripts;
        this.connections = connections;
        this.writeErrors = new WriteErrorTranslator(connections);
        this.seals = new BanSeals(batcher, keys, sealing);
        this.repairs = repairs;
        this.leases = new LeaseCalls(batcher, keys, scripts.lease());
    }

    @Override
    public CompletionStage<Decision> decide(GateRequest request) {
        BillingMonth month = BillingMonth.at(clock.getAsLong());
        CompletableFuture<String> call = call(request, month);
        CompletableFuture<Decision> decision = read(call, request, month, MONTH_ATTEMPTS)
                .exceptionallyCompose(failure -> repairAndRetry(failure, request, month, true));
        decision.whenComplete((decided, failure) -> {
            if (failure instanceof CancellationException) {
                call.cancel(false);
            }
        });
        return decision;
    }

    /** Handles a failed decision: if the caller's own values cannot be read, deletes them and decides once more. */
    private CompletableFuture<Decision> repairAndRetry(
            Throwable failure, GateRequest request, BillingMonth month, boolean again) {
        Throwable cause = writeErrors.translateError(failure);
        if (!(ErrorReplies.translate(cause) instanceof UnreadableStateException unreadable)) {
            return CompletableFuture.failedFuture(cause);
        }
        if (!again) {
            return CompletableFuture.failedFuture(unreadable);
        }
        return writeErrors.translate(repair(request, month).thenCompose(deleted -> {
            if (deleted.charAt(0) == '1' && request.caller().isAccount()) {
                // The deleted value was the permanent ban: PostgreSQL knows whether there is one.
                return CompletableFuture.failedFuture(new StateMissingException(month));
            }
            // Also if nothing was deleted: another request of the same caller may have done it.
            return read(call(request, month), request, month, MONTH_ATTEMPTS)
                    .exceptionallyCompose(second -> repairAndRetry(second, request, month, false));
        }));
    }

    private CompletableFuture<String> repair(GateRequest request, BillingMonth month) {
        int windows = request.windows().size();
        boolean counted = request.caller().isAccount();
        List<String> names = keysOf(request, month);
        names.add(keys.leases(request.caller()));
        return batcher.call(REPAIR, names, Integer.toString(windows), counted ? "1" : "0")
                .thenApply(deleted -> {
                    for (int i = 0; i < deleted.length(); i++) {
                        if (deleted.charAt(i) == '1') {
                            repairs.count(
                                    part(i, windows, counted), request.caller().id());
                        }
                    }
                    return deleted;
                });
    }

    private static RepairLog.Part part(int key, int windows, boolean counted) {
        if (key < 2) {
            return key == 0 ? RepairLog.Part.PERMANENT_BAN : RepairLog.Part.BAN;
        }
        if (key < 2 + windows) {
            return RepairLog.Part.WINDOW;
        }
        return counted && key == 2 + windows ? RepairLog.Part.MONTH : RepairLog.Part.VIOLATIONS;
    }

    private CompletableFuture<String> call(GateRequest request, BillingMonth month) {
        return batcher.callMerged(scripts.gate(), keysOf(request, month), policies.of(request, month));
    }

    private CompletableFuture<Decision> read(
            CompletableFuture<String> call, GateRequest request, BillingMonth month, int attempts) {
        return call.thenCompose(reply -> switch (reply.charAt(0)) {
            case 'E' -> CompletableFuture.failedFuture(ErrorReplies.fromLine(reply.substring(2)));
            case 'S' -> CompletableFuture.failedFuture(new StateMissingException(month));
            case 'M' -> {
                if (attempts == 0) {
                    throw new IllegalStateException("Redis named another month after each attempt: " + reply);
                }
                BillingMonth redisMonth = BillingMonth.at(GateReplyParser.instant(reply));
                yield read(call(request, redisMonth), request, redisMonth, attempts - 1);
            }
            default -> CompletableFuture.completedFuture(parse(reply, request, month));
        });
    }

    private static Decision parse(String reply, GateRequest request, BillingMonth month) {
        try {
            Decision decision = GateReplyParser.read(reply, request, month);
            if (decision.ban().isPresent() && !decision.ban().get().holdsAt(decision.atMillis())) {
                throw new IllegalStateException("an expired ban in " + reply);
            }
            return decision;
        } catch (IllegalArgumentException | IndexOutOfBoundsException | IllegalStateException e) {
            throw new UnreadableStateException(e);
        }
    }

    @Override
    public boolean isUnresponsive(long nanos) {
        return connections.isUnresponsive(nanos, () -> batcher.hasRepliedSince(System.nanoTime() - nanos));
    }

    @Override
    public CompletionStage<Void> restore(Caller caller, BillingMonth month, AccountStateSource.AccountState state) {
        return restore(caller, month, state, "")
                .thenRun(() -> state.permanentBan().ifPresent(ban -> confirm(caller, ban)));
    }

    private CompletableFuture<Void> restore(
            Caller caller, BillingMonth month, AccountStateSource.AccountState state, String notLifted) {
        return writeErrors
                .translate(batcher.call(
                        scripts.restore(),
                        List.of(
                                keys.quota(caller, month),
                                keys.permanentBan(caller),
                                keys.lifted(caller),
                                keys.leases(caller)),
                        Long.toString(state.usedThisMonth()),
                        Long.toString(month.endMillis()),
                        state.permanentBan().map(GateReplyParser::write).orElse(""),
                        notLifted))
                .thenCompose(reply -> {
                    if (!reply.startsWith("L") || !notLifted.isEmpty() || seals.isLift(caller, reply.substring(1))) {
                        return CompletableFuture.completedFuture(null);
                    }
                    return restore(caller, month, state, reply.substring(1));
                });
    }

    @Override
    public void confirm(Caller caller, Ban permanent) {
        seals.confirm(caller, permanent);
    }

    @Override
    public CompletionStage<Boolean> isConfirmed(Caller caller, Ban permanent) {
        return seals.isConfirmed(caller, permanent);
    }

    @Override
    public CompletionStage<LeaseGrant> lease(LeaseRequest request) {
        return leaseAll(List.of(request)).get(0);
    }

    @Override
    public List<CompletionStage<LeaseGrant>> leaseAll(List<LeaseRequest> requests) {
        return leases.send(requests, BillingMonth.at(clock.getAsLong())).stream()
                .<CompletionStage<LeaseGrant>>map(writeErrors::translate)
                .toList();
    }

    @Override
    public CompletionStage<Void> refund(GateRequest request, List<String> uncharged, int units, long atMillis) {
        RefundCall call = RefundCall.of(request, uncharged, units, atMillis);
        List<String> names = call.keys(keys);
        if (names.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        return writeErrors
                .translate(batcher.call(scripts.refund(), names, call.arguments()))
                .thenAccept(ok -> {});
    }

    @Override
    public CompletionStage<BillingMonth> reset(Caller caller, List<WindowPolicy> windows, boolean month) {
        ResetCall call = new ResetCall(caller, windows, month, BillingMonth.at(clock.getAsLong()));
        return writeErrors.translate(call.send(batcher, keys, scripts.reset(), MONTH_ATTEMPTS));
    }

    /** Returns the keys of a decision in the order of {@code gate.lua}. */
    public List<String> keysOf(GateRequest request, BillingMonth month) {
        Caller caller = request.caller();
        List<String> names = new ArrayList<>(4 + request.windows().size());
        names.add(keys.permanentBan(caller));
        names.add(keys.ban(caller));
        LimitArguments.addCounterKeys(names, keys, request, month);
        names.add(keys.violations(caller));
        return names;
    }

    @Override
    public CompletionStage<Ban> ban(Caller caller, BanLevel level, String reason) {
        Ban requested = Ban.starting(level, reason, 0);
        return batcher.call(
                        scripts.ban(),
                        List.of(keys.permanentBan(caller), keys.ban(caller)),
                        level.label(),
                        Long.toString(level.durationMillis()),
                        requested.reason())
                .thenApply(reply -> {
                    Ban inForce = GateReplyParser.readBan(reply.substring(reply.indexOf(' ') + 1));
                    if (inForce.level().isPermanent()) {
                        confirm(caller, inForce);
                    }
                    return inForce;
                });
    }

    @Override
    public CompletionStage<Optional<Ban>> lift(Caller caller) {
        return batcher.call(
                        scripts.lift(),
                        List.of(
                                keys.permanentBan(caller),
                                keys.ban(caller),
                                keys.violations(caller),
                                keys.lifted(caller),
                                keys.permanentBanSeal(caller)),
                        seals.ofLift(caller))
                .thenApply(reply -> reply.isEmpty() ? Optional.empty() : Optional.of(GateReplyParser.readBan(reply)));
    }
}
