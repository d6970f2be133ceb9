package dev.tollgate.redis.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.config.Settings;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.trace.CurrentRequest;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.fixture.redis.RedisWire;
import dev.tollgate.redis.connection.ConnectionTracker;
import dev.tollgate.redis.connection.RedisConnection;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.decision.RedisGateStore;
import dev.tollgate.redis.stats.RedisInfo;
import dev.tollgate.redis.stats.SlowLog;
import dev.tollgate.redis.usage.SettlementBacklog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.redisson.api.RedissonClient;

/** Tests the latency alarm and the slow log with a real Redis. */
class LatencyMonitorTest {

    private static final GateRequest LOOK =
            GateRequest.peek(Caller.address("latency"), List.of(), OptionalLong.empty(), BanLadder.STANDARD);
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final QueueLimits QUEUE_LIMITS = new QueueLimits(1_000, PATIENCE, PATIENCE);
    private static final long MINUTE = Duration.ofSeconds(60).toNanos();

    private static RealRedis redis;
    private static RedissonClient client;
    private static final ConnectionTracker connections = new ConnectionTracker();

    private final LatencyRecorder latency = new LatencyRecorder();
    private final ScriptBatcher batcher =
            new ScriptBatcher(client, BatchLimits.of(4, 64), QUEUE_LIMITS, () -> true, latency);
    private final RedisKeys keys = new RedisKeys("");
    private final RedisGateStore gate = new RedisGateStore(batcher, keys, System::currentTimeMillis);
    private final List<AuditEvent> audit = new ArrayList<>();

    @BeforeAll
    static void start() {
        redis = RealRedis.start("--slowlog-log-slower-than", "20000");
        client = RedisConnection.open(Settings.of(Map.of("tollgate.redis.url", redis.url())), connections);
    }

    @AfterAll
    static void stop() {
        client.shutdown();
        assertThat(connections.open()).isZero();
        redis.close();
    }

    private void decide() throws Exception {
        gate.decide(LOOK).toCompletableFuture().get(5, TimeUnit.SECONDS);
    }

    private void decideWhileRedisSleeps() throws Exception {
        try (RedisWire wire = new RedisWire(redis.port())) {
            Thread sleeper = new Thread(() -> wire.send("DEBUG", "SLEEP", "0.15"));
            sleeper.start();
            // A decision sent before the sleep is fast, which does not matter; those sent after it wait.
            for (int i = 0; i < 3; i++) {
                decide();
                Thread.onSpinWait();
            }
            sleeper.join();
        }
    }

    @Test
    void aWarmUpDoesNotHideThatRedisIsSlow() throws Exception {
        LatencyMonitor alarm =
                new LatencyMonitor(latency, Duration.ofMillis(100), audit::add, System::currentTimeMillis);
        long now = System.nanoTime();
        for (int i = 0; i < 5_000; i++) {
            latency.record(Operation.GATE, now, 1_000, null);
        }
        batcher.resetLastMinute();
        for (int i = 0; i < 10; i++) {
            latency.record(Operation.GATE, now, Duration.ofMillis(600).toNanos(), null);
        }
        alarm.check(now);
        assertThat(alarm.isHigh()).isTrue();
        assertThat(latency.minute(Operation.GATE, now).roundTrips()).isEqualTo(10);
    }

    @Test
    void aSlowRedisIsNotedOnceAndOnceWhenItIsOver() throws Exception {
        LatencyMonitor alarm =
                new LatencyMonitor(latency, Duration.ofMillis(100), audit::add, System::currentTimeMillis);
        decide();
        alarm.check(System.nanoTime());
        assertThat(alarm.isHigh()).isFalse();
        Ports.await("Redis found slow", Duration.ofSeconds(30), () -> {
            try {
                decideWhileRedisSleeps();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
            alarm.check(System.nanoTime());
            return alarm.isHigh();
        });
        alarm.check(System.nanoTime());
        assertThat(audit).singleElement().satisfies(event -> {
            assertThat(event.type()).isEqualTo(AuditEvent.Type.LATENCY_HIGH);
            assertThat(event.details()).containsEntry("state", "high").containsEntry("thresholdMillis", "100");
        });
        alarm.check(System.nanoTime() + MINUTE);
        alarm.check(System.nanoTime() + MINUTE);
        assertThat(alarm.isHigh()).isFalse();
        assertThat(audit).hasSize(2);
        assertThat(audit.get(1).details()).containsEntry("state", "normal");
    }

    @Test
    void aSingleStallIsNoAlarmAndNoThresholdNeverIs() throws Exception {
        LatencyMonitor alarm =
                new LatencyMonitor(latency, Duration.ofMillis(100), audit::add, System::currentTimeMillis);
        LatencyMonitor none = new LatencyMonitor(latency, Duration.ZERO, audit::add, System::currentTimeMillis);
        for (int i = 0; i < 4; i++) {
            latency.record(
                    Operation.GATE, System.nanoTime(), Duration.ofSeconds(1).toNanos(), null);
        }
        alarm.check(System.nanoTime());
        assertThat(alarm.isHigh()).isFalse();
        for (int i = 0; i < 1_000; i++) {
            latency.record(
                    Operation.GATE, System.nanoTime(), Duration.ofSeconds(1).toNanos(), null);
        }
        none.check(System.nanoTime());
        assertThat(none.isHigh()).isFalse();
        assertThat(audit).isEmpty();
    }

    @Test
    void tripsAreTimedByPurposeWithTheRequestTheyWereMadeFor() throws Exception {
        CurrentRequest.begin(TRACE);
        try {
            decide();
        } finally {
            CurrentRequest.end();
        }
        new RedisInfo(batcher, keys, PATIENCE).info().orElseThrow();
        Ports.await(
                "both timed",
                PATIENCE,
                () -> latency.total(Operation.GATE).count() > 0
                        && latency.total(Operation.WATCH).count() > 0);
        assertThat(latency.total(Operation.RECORDING).count()).isZero();
        assertThat(latency.lastMinute(Operation.GATE).roundTrips()).isPositive();
        assertThat(latency.total(Operation.GATE).buckets())
                .anyMatch(bucket ->
                        bucket.example() != null && bucket.example().traceId().equals(TRACE));
    }

    @Test
    void aBatchCountsOnceForEachOperationInIt() throws Exception {
        ScriptBatcher one = new ScriptBatcher(client, BatchLimits.of(1, 64), QUEUE_LIMITS, () -> true, latency);
        RedisGateStore batching = new RedisGateStore(one, keys, System::currentTimeMillis);
        List<CompletableFuture<?>> decisions = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            decisions.add(batching.decide(LOOK).toCompletableFuture());
        }
        for (CompletableFuture<?> decision : decisions) {
            decision.get(5, TimeUnit.SECONDS);
        }
        Ports.await("all replies", PATIENCE, () -> latency.total(Operation.GATE).count() == one.batches());
        assertThat(one.batches()).isLessThan(500);
        assertThat(one.sizes().sum()).isEqualTo(one.calls());
    }

    @Test
    void slowCommandsAreNamedByTheirScript() throws Exception {
        decide();
        try (RedisWire wire = new RedisWire(redis.port())) {
            wire.send("SLOWLOG", "RESET");
            wire.send("DEBUG", "SLEEP", "0.03");
            wire.send("CONFIG", "SET", "slowlog-log-slower-than", "0");
            decide();
            wire.send("CONFIG", "SET", "slowlog-log-slower-than", "20000");
        }
        List<SlowLog.Entry> entries =
                new SlowLog(batcher, keys, PATIENCE).read().orElseThrow();
        assertThat(entries).anySatisfy(entry -> {
            assertThat(entry.command()).isEqualTo("DEBUG");
            assertThat(entry.micros()).isGreaterThan(20_000);
        });
        assertThat(entries)
                .extracting(SlowLog.Entry::command)
                .contains("gate.lua")
                .doesNotContain("EVALSHA");
    }

    @Test
    void aRedisThatDeniesInfoAndSlowlogIsTolerated() throws Exception {
        try (RealRedis strict = RealRedis.start();
                RedisWire wire = new RedisWire(strict.port())) {
            wire.send("ACL", "SETUSER", "tollgate", "on", ">secret", "~*", "&*", "+@all", "-slowlog", "-info");
            String url = strict.url().replace("redis://", "redis://tollgate:secret@");
            RedissonClient limited = RedisConnection.open(Settings.of(Map.of("tollgate.redis.url", url)));
            try {
                ScriptBatcher own = new ScriptBatcher(limited, 1, 8, 8, PATIENCE);
                assertThat(new SlowLog(own, keys, PATIENCE).read()).isEmpty();
                assertThat(new RedisInfo(own, keys, PATIENCE)
                                .info()
                                .orElseThrow()
                                .version())
                        .isEmpty();
            } finally {
                limited.shutdown();
            }
        }
    }

    @Test
    void theSettlementBacklogHasItsAge() throws Exception {
        SettlementBacklog reader = new SettlementBacklog(batcher, new RedisKeys("lag:"), PATIENCE);
        assertThat(reader.read()).hasValue(new SettlementBacklog.Backlog(0, Duration.ZERO));
        try (RedisWire wire = new RedisWire(redis.port())) {
            long now = System.currentTimeMillis();
            wire.send("ZADD", "lag:changed", Long.toString(now - 10_000), "a", Long.toString(now), "b");
        }
        SettlementBacklog.Backlog backlog = reader.read().orElseThrow();
        assertThat(backlog.keys()).isEqualTo(2);
        assertThat(backlog.oldest()).isBetween(Duration.ofSeconds(9), Duration.ofMinutes(1));
    }
}
