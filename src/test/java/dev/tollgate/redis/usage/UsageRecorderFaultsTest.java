package dev.tollgate.redis.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.config.Settings;
import dev.tollgate.core.usage.ClaimedUsage;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.core.usage.UsageRecorder;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.fixture.redis.RedisWire;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisConnection;
import dev.tollgate.redis.connection.RedisKeys;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.redisson.api.RedissonClient;

/** Tests that the recorder counts exactly while connections are cut and Redis is frozen or killed. */
class UsageRecorderFaultsTest {

    private static final LocalDate DAY = LocalDate.of(2026, 11, 22);
    private static final int KEYS = 40;
    private static final int THREADS = 8;

    private final List<String> keys = new ArrayList<>();
    private final AtomicLongArray sent = new AtomicLongArray(KEYS);

    UsageRecorderFaultsTest() {
        for (int i = 0; i < KEYS; i++) {
            keys.add(UUID.randomUUID().toString());
        }
    }

    private static RedissonClient client(RealRedis redis) {
        return RedisConnection.open(Settings.of(Map.of("tollgate.redis.url", redis.url())));
    }

    /** Creates pending usage with a short timeout, since the test freezes Redis. */
    private static RedisPendingUsage pending(RedissonClient client) {
        return pending(client, Duration.ofMillis(300));
    }

    private static RedisPendingUsage pending(RedissonClient client, Duration patience) {
        return new RedisPendingUsage(new ScriptBatcher(client, 2, 500, 10_000, patience), new RedisKeys(""), false);
    }

    private static UsageRecorder recorder(RedisPendingUsage pending, String source) {
        return new UsageRecorder(pending, source, Duration.ofMillis(5), 10_000, System::currentTimeMillis, Thread::new);
    }

    private void record(UsageRecorder recorder, int key, long serial) {
        sent.incrementAndGet(key);
        recorder.record(new UsageEvent(keys.get(key), "s3", DAY, true, 1, 3, "image/png", serial));
    }

    /** Records and causes faults at the same time, then waits until everything is flushed. */
    private void storm(UsageRecorder recorder, int rounds, Runnable fault) {
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong serial = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            Random random = new Random(t);
            Thread thread = new Thread(() -> {
                while (!over.get()) {
                    for (int i = 0; i < 20; i++) {
                        record(recorder, random.nextInt(KEYS), serial.incrementAndGet());
                    }
                    Thread.onSpinWait();
                    java.util.concurrent.locks.LockSupport.parkNanos(200_000);
                }
            });
            threads.add(thread);
            thread.start();
        }
        try {
            // Makes Redisson's first connection, which happens within a call.
            Ports.await("usage flows", Duration.ofSeconds(30), () -> recorder.flushed() > 1_000);
            for (int i = 0; i < rounds; i++) {
                long flushed = recorder.flushed();
                fault.run();
                Ports.await("usage flows again", Duration.ofSeconds(30), () -> recorder.flushed() > flushed + 1_000);
            }
        } finally {
            over.set(true);
            threads.forEach(thread -> {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        Ports.await("everything flushed", Duration.ofSeconds(60), () -> recorder.waiting() == 0);
    }

    private void assertExact(RedisPendingUsage pending) {
        for (int i = 0; i < KEYS; i++) {
            var snapshot = pending.read(keys.get(i)).toCompletableFuture().join();
            long claimed = snapshot.claimed()
                    .map(claim -> claim.usage().totals().totalRequests())
                    .orElse(0L);
            assertThat(snapshot.pending().totals().totalRequests() + claimed)
                    .as("key " + i)
                    .isEqualTo(sent.get(i));
        }
    }

    @Test
    void connectionsCutDuringFlushesNeitherLoseNorDoubleACount() {
        try (RealRedis redis = RealRedis.start();
                RedisWire wire = new RedisWire(redis.port())) {
            RedissonClient client = client(redis);
            RedisPendingUsage pending = pending(client);
            UsageRecorder recorder = recorder(pending, "cut");
            storm(recorder, 60, wire::cutOthers);
            assertExact(pending);
            assertThat(recorder.dropped()).isZero();
            System.out.println("cut connections: " + recorder.flushed() + " requests exact");
            recorder.close();
            client.shutdown();
        }
    }

    @Test
    void aFrozenRedisNeitherLosesNorDoublesACount() {
        try (RealRedis redis = RealRedis.start()) {
            RedissonClient client = client(redis);
            RedisPendingUsage pending = pending(client);
            UsageRecorder recorder = recorder(pending, "frozen");
            storm(recorder, 4, () -> {
                redis.freeze();
                Ports.await("the recorder notices", Duration.ofSeconds(20), recorder::isFailing);
                redis.thaw();
            });
            assertExact(pending);
            System.out.println("frozen Redis: " + recorder.flushed() + " requests exact");
            recorder.close();
            client.shutdown();
        }
    }

    @Test
    void aRedisRestartedFromItsLogLosesNoBufferedUsage(@TempDir Path directory) {
        // With every write synced before the reply, since otherwise Redis itself may lose writes.
        try (RealRedis redis = RealRedis.startDurable(directory, Ports.free(), "--appendfsync", "always")) {
            RedissonClient client = client(redis);
            RedisPendingUsage pending = pending(client);
            UsageRecorder recorder = recorder(pending, "killed");
            storm(recorder, 3, () -> {
                redis.kill();
                Ports.await("the recorder notices", Duration.ofSeconds(20), recorder::isFailing);
                redis.restart();
            });
            assertExact(pending);
            System.out.println("killed Redis: " + recorder.flushed() + " requests exact");
            recorder.close();
            client.shutdown();
        }
    }

    @Test
    void claimsAndAcknowledgementsGoOnBetweenFlushesWithoutLosingACount() {
        try (RealRedis redis = RealRedis.start();
                RedisWire wire = new RedisWire(redis.port())) {
            RedissonClient client = client(redis);
            RedisPendingUsage pending = pending(client, Duration.ofSeconds(20));
            UsageRecorder recorder = recorder(pending, "claimed");
            AtomicLong settled = new AtomicLong();
            AtomicLong batch = new AtomicLong();
            Runnable settle = () -> {
                for (ClaimedUsage claim :
                        pending.claim(keys, batch.incrementAndGet()).claims()) {
                    if (pending.acknowledge(List.of(claim)) == 1) {
                        settled.addAndGet(claim.usage().totals().totalRequests());
                    }
                    assertThat(claim.mark().claimed())
                            .isEqualTo(claim.usage().totals().totalRequests());
                }
            };
            storm(recorder, 30, settle);
            settle.run();
            assertThat(settled.get()).isEqualTo(recorder.recorded());
            String statistics = wire.commandStatistics();
            assertThat(statistics).doesNotContain("cmdstat_scan", "cmdstat_keys", "cmdstat_sscan", "cmdstat_hscan");
            recorder.close();
            client.shutdown();
        }
    }
}
