package dev.tollgate.bench.redis;

import dev.tollgate.config.Settings;
import dev.tollgate.core.limit.AccountStateSource.AccountState;
import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.redis.batch.LatencyRecorder;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.batch.ScriptBatchers;
import dev.tollgate.redis.connection.RedisConnection;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.decision.RedisGateStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.redisson.api.RedissonClient;
import org.redisson.client.RedisException;

/**
 * A Redis with the gate over it, composed as in the WAR. Each decision checks all that a request of a pro account has: both bans,
 * violations, the month, and a window of a million a minute, which is kept in cells.
 */
public final class DecisionBenchFixture implements AutoCloseable {

    private static final long WINDOW_LIMIT = 1_000_000;

    /** As many as one decision can have: those of a tier, a route and a key. */
    private static final List<WindowPolicy> WINDOWS = List.of(
            WindowPolicy.minute(WINDOW_LIMIT),
            WindowPolicy.ofTier("quarter", WINDOW_LIMIT, 900),
            WindowPolicy.ofTier("hour", WINDOW_LIMIT, 3_600),
            WindowPolicy.ofTier("day", WINDOW_LIMIT, 86_400),
            WindowPolicy.ofRoute("route", "bench", WINDOW_LIMIT, 60_000),
            WindowPolicy.ofKey("bench", WINDOW_LIMIT));

    public final RealRedis redis = RealRedis.start();
    public final RedissonClient client =
            connected(RedisConnection.open(Settings.of(Map.of("tollgate.redis.url", redis.url()))));
    public final ScriptBatcher batcher =
            ScriptBatchers.decisions(client, Duration.ofSeconds(5), () -> true, new LatencyRecorder());
    public final RedisKeys keys = new RedisKeys("");
    public final RedisGateStore gate = new RedisGateStore(batcher, keys, System::currentTimeMillis);

    /** Returns the client once it has its connections, so that opening them is not measured. */
    public static RedissonClient connected(RedissonClient client) {
        Ports.await("connected", Duration.ofMinutes(1), () -> {
            try {
                client.getKeys().count();
                return true;
            } catch (RedisException e) {
                return false;
            }
        });
        return client;
    }

    /** Decides a request and waits for the result. */
    public static Decision decide(RedisGateStore gate, GateRequest request) {
        Decision decision = gate.decide(request).toCompletableFuture().join();
        if (!decision.isAdmitted()) {
            throw new IllegalStateException("refused: " + decision);
        }
        return decision;
    }

    /** Creates callers with a month in Redis, and returns their requests, which have one window each. */
    public List<GateRequest> callers(int count) {
        return callers(count, 1);
    }

    /**
     * The same with more windows.
     *
     * @param windows 1 to 6
     */
    public List<GateRequest> callers(int count, int windows) {
        List<GateRequest> requests = new ArrayList<>();
        List<CompletableFuture<?>> restored = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Caller caller = Caller.account("bench-" + i + (windows == 1 ? "" : "-of-" + windows));
            restored.add(gate.restore(caller, month(), AccountState.NONE).toCompletableFuture());
            requests.add(request(caller, windows));
            if (restored.size() == 5_000) {
                CompletableFuture.allOf(restored.toArray(CompletableFuture[]::new))
                        .join();
                restored.clear();
            }
        }
        CompletableFuture.allOf(restored.toArray(CompletableFuture[]::new)).join();
        return requests;
    }

    /** Returns a request with the first window alone. */
    public static GateRequest request(Caller caller) {
        return request(caller, 1);
    }

    /** Returns a request with the first windows, 1 to 6. */
    public static GateRequest request(Caller caller, int windows) {
        return GateRequest.charge(
                caller, WINDOWS.subList(0, windows), OptionalLong.of(1_000_000_000), 1, BanLadder.STANDARD);
    }

    public static BillingMonth month() {
        return BillingMonth.at(System.currentTimeMillis());
    }

    @Override
    public void close() {
        client.shutdown();
        redis.close();
    }
}
