package dev.tollgate.redis.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.config.Settings;
import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.PendingSnapshot;
import dev.tollgate.core.usage.UsageDelta;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisConnection;
import dev.tollgate.redis.connection.RedisKeys;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

/** Pending usage of one key in a real Redis, which is empty before each test. Each class has a Redis of its own. */
abstract class PendingUsageCase {

    static final LocalDate DAY = LocalDate.of(2026, 11, 22);
    static final long WEEK = Duration.ofDays(7).toMillis();

    static RealRedis redis;
    static RedissonClient client;

    final String key = UUID.randomUUID().toString();
    final RedisPendingUsage pending = pending(false);
    long sequence;

    @BeforeAll
    static void start() {
        redis = RealRedis.start();
        client = RedisConnection.open(Settings.of(Map.of("tollgate.redis.url", redis.url())));
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

    static RedisPendingUsage pending(boolean cluster) {
        return new RedisPendingUsage(
                new ScriptBatcher(client, 4, 500, 10_000, Duration.ofSeconds(2)), new RedisKeys("t:"), cluster);
    }

    static UsageEvent upload(String key, String provider, LocalDate day, String type, long bytes) {
        return new UsageEvent(key, provider, day, true, 1, bytes, type, day.toEpochDay() * 86_400_000);
    }

    UsageDelta recording(KeyUsage usage) {
        return new UsageDelta(key, "node", ++sequence, usage.providerDays());
    }

    void record(KeyUsage usage) {
        record(recording(usage));
    }

    void record(UsageDelta delta) {
        assertThat(pending.record(List.of(delta)).toCompletableFuture().join()).isEmpty();
    }

    PendingSnapshot read() {
        return pending.read(key).toCompletableFuture().join();
    }

    Map<String, String> hash(String name) {
        return client.<String, String>getMap(name, StringCodec.INSTANCE).readAllMap();
    }
}
