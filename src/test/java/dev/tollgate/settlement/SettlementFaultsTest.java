package dev.tollgate.settlement;

import static dev.tollgate.settlement.SettlementFixture.TODAY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.ledger.LedgerReport;
import dev.tollgate.core.usage.PendingSnapshot;
import dev.tollgate.core.usage.UsageRecorder;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.postgres.BoundDatabase;
import dev.tollgate.fixture.redis.MeteredKeys;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.fixture.redis.RedisWire;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that every count arrives exactly once while servers, connections and settlers fail. */
class SettlementFaultsTest {

    private static final int KEYS = 60;
    private static final int RECORDERS = 2;
    private static final int SETTLERS = 3;

    private final long seed = Long.getLong("tollgate.test.seed", System.nanoTime());
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicLongArray sent = new AtomicLongArray(KEYS);
    private final AtomicInteger deaths = new AtomicInteger();
    private final AtomicInteger passes = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private final List<UsageRecorder> recorders = new ArrayList<>();
    private final ConcurrentLinkedQueue<String> complaints = new ConcurrentLinkedQueue<>();

    private void start(Runnable work) {
        Thread thread = new Thread(() -> {
            while (!over.get()) {
                work.run();
            }
        });
        threads.add(thread);
        thread.start();
    }

    /** Repeats work over a kept connection, as a server's pool has. */
    private void startOver(BoundDatabase database, Runnable work) {
        start(() -> database.keep(() -> {
            while (!over.get()) {
                work.run();
            }
        }));
    }

    private void startStorm(SettlementFixture rig, List<String> keys) {
        System.out.println("tollgate.test.seed=" + seed);
        for (int r = 0; r < RECORDERS; r++) {
            UsageRecorder recorder = rig.recorder();
            recorders.add(recorder);
            for (int t = 0; t < 2; t++) {
                Random random = new Random(seed + r * 10 + t);
                start(() -> {
                    int key = random.nextInt(KEYS);
                    sent.incrementAndGet(key);
                    recorder.record(SettlementFixture.upload(keys.get(key), TODAY.minusDays(random.nextInt(3))));
                    LockSupport.parkNanos(100_000);
                });
            }
        }
        for (int s = 0; s < SETTLERS; s++) {
            Random random = new Random(seed + 1_000 + s);
            String name = "settler-" + s;
            start(() -> {
                try {
                    rig.new Node(name, 25, step -> {
                                if (random.nextInt(12) == 0) {
                                    deaths.incrementAndGet();
                                    throw new SimulatedCrash();
                                }
                            })
                            .settle();
                    passes.incrementAndGet();
                } catch (SimulatedCrash e) {
                    // The next one takes over.
                } catch (RuntimeException e) {
                    // A server is down; the next pass tries again.
                    LockSupport.parkNanos(20_000_000);
                }
            });
        }
    }

    private void finish(SettlementFixture rig, List<String> keys) throws InterruptedException {
        over.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
        for (UsageRecorder recorder : recorders) {
            Ports.await("flushed", Duration.ofSeconds(60), () -> recorder.waiting() == 0);
            assertThat(recorder.dropped()).isZero();
            recorder.close();
        }
        rig.settleAll();
        Map<String, Long> settled = rig.keys.requests();
        long sum = 0;
        for (int i = 0; i < KEYS; i++) {
            assertThat(settled.get(keys.get(i))).as("key " + i).isEqualTo(sent.get(i));
            sum += sent.get(i);
        }
        for (String table : List.of("provider_usage", "api_key_usage_daily", "provider_usage_daily")) {
            assertThat(rig.keys
                            .row("SELECT sum(total_requests)::bigint AS n FROM " + table)
                            .get("n"))
                    .as(table)
                    .isEqualTo(sum);
        }
        LedgerReport report = rig.ledger().report();
        assertThat(report.isBalanced()).isTrue();
        assertThat(report.settled()).isEqualTo(BigInteger.valueOf(sum));
        assertThat(rig.audit).isEmpty();
        assertThat(complaints).isEmpty();
        System.out.println("exact: " + sum + " requests, " + passes + " passes, " + deaths + " deaths");
    }

    /** Waits for that many further successful passes. */
    private void awaitPasses(int more) {
        int now = passes.get();
        Ports.await("settlement goes on", Duration.ofSeconds(90), () -> passes.get() >= now + more);
    }

    @Test
    void settlersThatDieAndConnectionsThatAreCutLoseAndDoubleNothing() throws Exception {
        try (SettlementFixture rig = new SettlementFixture();
                RedisWire wire = new RedisWire(rig.redis.port())) {
            List<String> keys = rig.keys.create(KEYS);
            startStorm(rig, keys);
            for (int i = 0; i < 20; i++) {
                awaitPasses(5);
                if (i % 2 == 0) {
                    wire.cutOthers();
                } else {
                    rig.keys.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                            + " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'");
                }
            }
            finish(rig, keys);
        }
    }

    @Test
    void aPostgresKilledAndStartedAgainLosesAndDoublesNothing() throws Exception {
        try (SettlementFixture rig = new SettlementFixture()) {
            List<String> keys = rig.keys.create(KEYS);
            startStorm(rig, keys);
            for (int i = 0; i < 3; i++) {
                awaitPasses(5);
                rig.postgres.kill();
                rig.postgres.restart();
            }
            awaitPasses(5);
            finish(rig, keys);
        }
    }

    @Test
    void frozenServersLoseAndDoubleNothing() throws Exception {
        try (SettlementFixture rig = new SettlementFixture()) {
            List<String> keys = rig.keys.create(KEYS);
            startStorm(rig, keys);
            awaitPasses(5);
            rig.redis.freeze();
            Ports.await(
                    "recorders notice",
                    Duration.ofSeconds(20),
                    () -> recorders.stream().allMatch(UsageRecorder::isFailing));
            rig.redis.thaw();
            awaitPasses(5);
            rig.postgres.freeze();
            long flushed = recorders.get(0).flushed();
            Ports.await(
                    "recording goes on without",
                    Duration.ofSeconds(20),
                    () -> recorders.get(0).flushed() > flushed + 1_000);
            rig.postgres.thaw();
            awaitPasses(5);
            finish(rig, keys);
        }
    }

    @Test
    void aRedisRestartedOverItsLogLosesAndDoublesNothing(@TempDir Path directory) throws Exception {
        RealRedis redis = RealRedis.startDurable(directory, Ports.free(), "--appendfsync", "always");
        try (SettlementFixture rig = new SettlementFixture(redis)) {
            List<String> keys = rig.keys.create(KEYS);
            startStorm(rig, keys);
            for (int i = 0; i < 3; i++) {
                awaitPasses(5);
                redis.kill();
                redis.restart();
            }
            awaitPasses(5);
            finish(rig, keys);
        }
    }

    @Test
    void aRedisBackFromBeforeASettlementDoublesNothingAndLosesNothing(@TempDir Path directory) {
        RealRedis redis = RealRedis.startDurable(directory, Ports.free(), "--appendonly", "no");
        try (SettlementFixture rig = new SettlementFixture(redis)) {
            String key = rig.keys.create(1).get(0);
            rig.record(key, TODAY, 5);
            try (RedisWire wire = new RedisWire(redis.port())) {
                wire.send("SAVE");
            }
            rig.node().settle();
            redis.kill();
            redis.restart();
            rig.record(key, TODAY, 2);
            rig.settleAll();
            // The first five are settled. Those that Redis returned again, and the two with them, are quarantined.
            assertThat(rig.settled(key)).isEqualTo(5);
            assertThat(rig.keys.row("SELECT requests::bigint AS n, reason FROM set_aside_usage"))
                    .containsEntry("n", 7L);
            assertThat(rig.audit).hasSize(1);
            rig.record(key, TODAY, 3);
            rig.settleAll();
            assertThat(rig.settled(key)).isEqualTo(8);
            assertThat(rig.audit).hasSize(1);
        }
    }

    @Test
    void aReaderNeverSeesACountTwiceOrGoBackwards() throws Exception {
        try (SettlementFixture rig = new SettlementFixture()) {
            List<String> keys = rig.keys.create(KEYS);
            startStorm(rig, keys);
            AtomicInteger looks = new AtomicInteger();
            BoundDatabase database = new BoundDatabase(rig.postgres.dataSource());
            MeteredKeys tables = new MeteredKeys(database);
            for (int r = 0; r < 2; r++) {
                String key = keys.get(r);
                int index = r;
                long[] last = {0};
                startOver(database, () -> {
                    long atLeast = last[0];
                    long now = read(rig, tables, key);
                    long atMost = sent.get(index);
                    if (now < atLeast || now > atMost) {
                        complaints.add("saw " + now + " after " + atLeast + ", with " + atMost + " sent");
                    }
                    last[0] = now;
                    looks.incrementAndGet();
                });
            }
            Ports.await("many looks", Duration.ofSeconds(120), () -> looks.get() > 1_000);
            System.out.println("looks: " + looks + " during " + passes + " passes");
            finish(rig, keys);
        }
    }

    /** Reads as a report does: settled rows, then Redis; again if Redis has acknowledged a later batch. */
    private static long read(SettlementFixture rig, MeteredKeys tables, String key) {
        while (true) {
            Map<String, Object> row = tables.row(
                    "SELECT total_requests AS n, settled_batch AS batch FROM api_keys WHERE id = ?::uuid", key);
            PendingSnapshot snapshot =
                    rig.pending.read(key).toCompletableFuture().join();
            long batch = (Long) row.get("batch");
            if (!snapshot.outruns(batch)) {
                return (Long) row.get("n") + snapshot.beyond(batch).totals().totalRequests();
            }
        }
    }
}
