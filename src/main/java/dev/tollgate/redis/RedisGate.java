package dev.tollgate.redis;

import dev.tollgate.limit.Ban;
import dev.tollgate.limit.BanLevel;
import dev.tollgate.limit.BillingMonth;
import dev.tollgate.limit.Caller;
import dev.tollgate.limit.CallerHistory;
import dev.tollgate.limit.Decision;
import dev.tollgate.limit.GateRequest;
import dev.tollgate.limit.GateStore;
import dev.tollgate.limit.HistoryNeededException;
import dev.tollgate.limit.WindowPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.redisson.client.RedisException;

/**
 * Decides in Redis: one script, whose runs decide for all who share a flight. Thread-safe.
 */
public final class RedisGate implements GateStore {

    private static final Script GATE = Script.load("gate");
    private static final Script RESTORE = Script.load("restore");
    private static final Script BAN = Script.load("ban");
    private static final Script LIFT = Script.load("lift");
    private static final int MONTH_ATTEMPTS = 3;

    private final Flights flights;
    private final RedisKeys keys;
    private final LongSupplier clock;
    private final Scripts scripts;
    private final Connections connections;
    private final WriteRefusals refusals;
    private final PolicyArguments policies = new PolicyArguments();

    /**
     * @param flights how scripts travel
     * @param keys the keys' names
     * @param clock this node's clock in milliseconds since the epoch; only a first guess at the month, Redis's own decides
     * @param connections let go of when Redis turns out to be a read-only replica: its address may lead elsewhere by now
     */
    public RedisGate(Flights flights, RedisKeys keys, LongSupplier clock, Connections connections) {
        this(flights, keys, clock, new Scripts(GATE, RESTORE, BAN, LIFT), connections);
    }

    /** Over connections that are kept whatever Redis says. */
    public RedisGate(Flights flights, RedisKeys keys, LongSupplier clock) {
        this(flights, keys, clock, new Connections());
    }

    /** The three scripts: tests run them on a clock of their own. */
    record Scripts(Script gate, Script restore, Script ban, Script lift) {}

    RedisGate(Flights flights, RedisKeys keys, LongSupplier clock, Scripts scripts) {
        this(flights, keys, clock, scripts, new Connections());
    }

    private RedisGate(Flights flights, RedisKeys keys, LongSupplier clock, Scripts scripts, Connections connections) {
        this.flights = flights;
        this.keys = keys;
        this.clock = clock;
        this.scripts = scripts;
        this.connections = connections;
        this.refusals = new WriteRefusals(connections);
    }

    @Override
    public CompletionStage<Decision> decide(GateRequest request) {
        BillingMonth month = BillingMonth.at(clock.getAsLong());
        CompletableFuture<String> call = call(request, month);
        CompletableFuture<Decision> decision = refusals.told(read(call, request, month, MONTH_ATTEMPTS));
        decision.whenComplete((decided, failure) -> {
            if (failure instanceof CancellationException) {
                call.cancel(false);
            }
        });
        return decision;
    }

    private CompletableFuture<String> call(GateRequest request, BillingMonth month) {
        return flights.callShared(scripts.gate(), keysOf(request, month), policies.of(request, month));
    }

    private CompletableFuture<Decision> read(
            CompletableFuture<String> call, GateRequest request, BillingMonth month, int attempts) {
        return call.thenCompose(reply -> switch (reply.charAt(0)) {
            case 'E' -> CompletableFuture.failedFuture(new RedisException(reply.substring(2)));
            case 'S' -> CompletableFuture.failedFuture(new HistoryNeededException(month));
            case 'M' -> {
                if (attempts == 0) {
                    throw new IllegalStateException("Redis's clock does not agree with itself: " + reply);
                }
                BillingMonth redisMonth = BillingMonth.at(GateReply.instant(reply));
                yield read(call(request, redisMonth), request, redisMonth, attempts - 1);
            }
            default -> CompletableFuture.completedFuture(GateReply.read(reply, request, month));
        });
    }

    @Override
    public boolean silentFor(long nanos) {
        return connections.silentFor(nanos, () -> flights.landedSince(System.nanoTime() - nanos));
    }

    @Override
    public CompletionStage<Void> restore(Caller caller, BillingMonth month, CallerHistory.Recollection recollection) {
        return refusals.told(flights.call(
                        scripts.restore(),
                        List.of(keys.quota(caller, month), keys.permanentBan(caller), keys.lifted(caller)),
                        Long.toString(recollection.usedThisMonth()),
                        Long.toString(month.endMillis()),
                        recollection.permanentBan().map(GateReply::write).orElse(""))
                .thenApply(reply -> null));
    }

    List<String> keysOf(GateRequest request, BillingMonth month) {
        Caller caller = request.caller();
        List<String> names = new ArrayList<>(4 + request.windows().size());
        names.add(keys.permanentBan(caller));
        names.add(keys.ban(caller));
        for (WindowPolicy window : request.windows()) {
            names.add(keys.requests(caller, window.scope()));
        }
        if (caller.isAccount()) {
            names.add(keys.quota(caller, month));
        }
        names.add(keys.violations(caller));
        return names;
    }

    @Override
    public CompletionStage<Ban> ban(Caller caller, BanLevel level, String reason) {
        Ban shaped = Ban.starting(level, reason, 0);
        return flights.call(
                        scripts.ban(),
                        List.of(keys.permanentBan(caller), keys.ban(caller)),
                        level.label(),
                        Long.toString(level.durationMillis()),
                        shaped.reason())
                .thenApply(reply -> GateReply.readBan(reply.substring(reply.indexOf(' ') + 1)));
    }

    @Override
    public CompletionStage<Optional<Ban>> lift(Caller caller) {
        return flights.call(
                        scripts.lift(),
                        List.of(
                                keys.permanentBan(caller),
                                keys.ban(caller),
                                keys.violations(caller),
                                keys.lifted(caller)))
                .thenApply(reply -> reply.isEmpty() ? Optional.empty() : Optional.of(GateReply.readBan(reply)));
    }
}
