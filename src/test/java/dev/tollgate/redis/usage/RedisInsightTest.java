package dev.tollgate.redis.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.config.Settings;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.ViolationLog;
import dev.tollgate.core.limit.ViolationLog.Violation;
import dev.tollgate.core.traffic.TrafficCounts;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.batch.SlowBatchLog;
import dev.tollgate.redis.connection.RedisConnection;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.decision.RedisViolationLog;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

/** Tests traffic and violations that several nodes write to Redis. */
class RedisInsightTest {

    private static RealRedis redis;
    private static RedissonClient client;
    private static ScriptBatcher batcher;

    private final RedisKeys keys = new RedisKeys("t:");
    private final RedisTrafficStore one = new RedisTrafficStore(batcher, keys);
    private final RedisTrafficStore other = new RedisTrafficStore(batcher, keys);
    private final RedisViolationLog log = new RedisViolationLog(batcher, keys, Duration.ofDays(7));

    @BeforeAll
    static void start() {
        redis = RealRedis.start();
        client = RedisConnection.open(Settings.of(Map.of("tollgate.redis.url", redis.url())));
        batcher = new ScriptBatcher(client, 4, 500, 10_000, Duration.ofSeconds(5));
    }

    @AfterAll
    static void stop() {
        client.shutdown();
        redis.close();
    }

    @BeforeEach
    void empty() {
        client.getKeys().flushall();
    }

    private static void join(java.util.concurrent.CompletionStage<?> stage) {
        stage.toCompletableFuture().join();
    }

    @Test
    void nodesSharesOfASecondAreAddedUpAndSummedByStep() {
        TrafficCounts counts = new TrafficCounts(5, 4, 3, 2, 1, 6, 7_000_000_000_000L);
        join(one.add(118, counts));
        join(other.add(118, counts));
        join(one.add(120, new TrafficCounts(1, 0, 0, 0, 0, 0, 0)));
        List<TrafficCounts> sums = one.read(110, 20, 10).toCompletableFuture().join();
        assertThat(sums).containsExactly(counts.plus(counts), new TrafficCounts(1, 0, 0, 0, 0, 0, 0));
        assertThat(one.read(119, 1, 1).toCompletableFuture().join()).containsExactly(TrafficCounts.NONE);
        assertThat(client.getKeys().remainTimeToLive(keys.traffic(1))).isBetween(1L, 3_900_000L);
    }

    @Test
    void lastTwentyViolationsAreKeptNewestFirstForAsLongAsTheirCount() {
        Caller caller = Caller.address("2001:db8::/64");
        for (int i = 1; i <= 25; i++) {
            int count = i;
            log.note(caller, new Violation(1_000 + i, "uploads", "2001:db8::7", i));
            Ports.await(
                    "it",
                    Duration.ofSeconds(5),
                    () -> known(caller).recent().stream().anyMatch(violation -> violation.count() == count));
        }
        assertThat(known(caller).recent()).hasSize(ViolationLog.MAX_REMEMBERED);
        assertThat(known(caller).recent()).first().isEqualTo(new Violation(1_025, "uploads", "2001:db8::7", 25));
        assertThat(known(caller).count()).as("the ledger counts, not the log").isZero();
        assertThat(client.getKeys().remainTimeToLive(keys.violationLog(caller)))
                .isBetween(1L, Duration.ofDays(7).toMillis());
        client.getBucket(keys.violations(caller), StringCodec.INSTANCE).set("4 1700000000000");
        assertThat(known(caller).count()).isEqualTo(4);
        assertThat(known(caller).lastAtMillis()).isEqualTo(1_700_000_000_000L);
    }

    private ViolationLog.Known known(Caller caller) {
        return log.of(caller).toCompletableFuture().join();
    }

    @Test
    void slowBatchesAreKeptWithTheirScript() {
        redis.freeze();
        try {
            log.note(Caller.address("192.0.2.1"), new Violation(1, "uploads", "192.0.2.1", 1));
            long since = System.nanoTime();
            Ports.await("a while", Duration.ofSeconds(5), () -> System.nanoTime() - since > 50_000_000);
        } finally {
            redis.thaw();
        }
        Ports.await(
                "the slow trip",
                Duration.ofSeconds(5),
                () -> batcher.slowest().stream()
                        .anyMatch(trip -> trip.script().equals("violation_log_append")
                                && trip.micros() >= SlowBatchLog.SLOW_MICROS));
        assertThat(batcher.histogram()).isNotEmpty();
    }
}
