package dev.tollgate.settlement;

import static dev.tollgate.settlement.SettlementFixture.TODAY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.PendingSnapshot;
import dev.tollgate.core.usage.UsageDelta;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.postgres.BoundDatabase;
import dev.tollgate.fixture.redis.MeteredKeys;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.fixture.redis.RedisWire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Tests a settlement of 100,000 keys while reports are read. */
class ManyKeysTest {

    private static final int KEYS = 100_000;

    private static final long READER_PAUSE_NANOS = 20_000_000;

    private static final String REPORT = """
            SELECT k.total_requests AS n, k.settled_batch AS batch,
                (SELECT sum(total_requests) FROM api_key_usage_daily d WHERE d.api_key_id = k.id) AS days,
                (SELECT sum(total_requests) FROM provider_usage p WHERE p.api_key_id = k.id) AS providers,
                (SELECT sum(total_requests) FROM provider_usage_daily x WHERE x.api_key_id = k.id) AS parts
            FROM api_keys k WHERE k.id = ?::uuid""";

    private static final String LOCK_WAITS = """
            SELECT a.pid, a.query FROM pg_stat_activity a
            WHERE a.wait_event_type = 'Lock' OR a.pid IN (SELECT l.pid FROM pg_locks l WHERE NOT l.granted)""";

    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicLong answers = new AtomicLong();
    private final AtomicLong slowest = new AtomicLong();
    private final AtomicLong looksForLocks = new AtomicLong();
    private final ConcurrentLinkedQueue<Object> complaints = new ConcurrentLinkedQueue<>();

    @Test
    void aHundredThousandKeysSettleInOnePassWithoutBlockingReaders() throws Exception {
        try (SettlementFixture rig = new SettlementFixture(RealRedis.start(), Duration.ofSeconds(20));
                RedisWire wire = new RedisWire(rig.redis.port())) {
            List<String> keys = new ArrayList<>(rig.keys.create(1));
            keys.addAll(rig.keys.create(rig.keys.accountOf(keys.get(0)), KEYS - 1));
            long empty = memory(wire);
            fill(rig, keys);
            long full = memory(wire);
            List<Long> heap = new ArrayList<>();
            List<Long> redis = new ArrayList<>();
            Map<Settlement.Step, Long> spent = new EnumMap<>(Settlement.Step.class);
            long[] mark = {System.nanoTime()};
            SettlementFixture.Node node = rig.new Node("node", 2_000, step -> {
                long now = System.nanoTime();
                spent.merge(step, (now - mark[0]) / 1_000_000, Long::sum);
                heap.add(usedHeap());
                redis.add(memory(wire));
                mark[0] = System.nanoTime();
            });
            List<Thread> watchers = List.of(
                    new Thread(() -> read(rig, keys)),
                    new Thread(() -> read(rig, keys)),
                    new Thread(() -> lookForLocks(rig)));
            watchers.forEach(Thread::start);
            System.gc();
            long before = usedHeap();
            long started = System.nanoTime();
            Settlement.SettlementResult pass = node.settle();
            double seconds = (System.nanoTime() - started) / 1e9;
            over.set(true);
            for (Thread watcher : watchers) {
                watcher.join();
            }
            System.gc();
            assertThat(pass.keys()).isEqualTo(KEYS);
            assertThat(pass.batches()).isEqualTo(KEYS / 2_000);
            assertThat(rig.pending.changedKeys(0, 1)).isEmpty();
            assertThat(rig.keys.row("SELECT sum(total_requests)::bigint AS n FROM provider_usage_daily"))
                    .containsEntry("n", (long) KEYS);
            assertThat(complaints).isEmpty();
            assertThat(answers.get()).isGreaterThan(100);
            assertThat(looksForLocks.get()).isGreaterThan(10);
            System.out.printf(
                    "%d keys in %.1f s: %.0f keys/s; milliseconds until each step: %s%n"
                            + "Redis: %d MB empty, %d pending, at most %d meanwhile, %d settled%n"
                            + "heap in use: %d MiB before, %d to %d meanwhile, %d after%n"
                            + "readers: %d answers meanwhile, slowest %d ms; %d looks for lock waits found none%n",
                    KEYS,
                    seconds,
                    KEYS / seconds,
                    spent,
                    empty / 1_000_000,
                    full / 1_000_000,
                    max(redis) / 1_000_000,
                    memory(wire) / 1_000_000,
                    before >> 20,
                    heap.stream().min(Long::compare).orElseThrow() >> 20,
                    max(heap) >> 20,
                    usedHeap() >> 20,
                    answers.get(),
                    slowest.get() / 1_000_000,
                    looksForLocks.get());
        }
    }

    private static void fill(SettlementFixture rig, List<String> keys) {
        for (int from = 0; from < KEYS; from += 500) {
            List<UsageDelta> recordings = keys.subList(from, from + 500).stream()
                    .map(key -> new UsageDelta(
                            key,
                            "bulk",
                            1,
                            KeyUsage.of(SettlementFixture.upload(key, TODAY)).providerDays()))
                    .toList();
            // On a busy machine, some must be sent again.
            Ports.await(
                    "all recorded",
                    Duration.ofSeconds(60),
                    () -> rig.pending
                            .record(recordings)
                            .toCompletableFuture()
                            .join()
                            .isEmpty());
        }
    }

    /** Reads as a report does: settled rows in one statement, then Redis once. Every key has one request in all. */
    private void read(SettlementFixture rig, List<String> keys) {
        Random random = new Random(answers.hashCode());
        repeatedly(rig, tables -> {
            String key = keys.get(random.nextInt(KEYS));
            long begun = System.nanoTime();
            Map<String, Object> row = tables.row(REPORT, key);
            PendingSnapshot snapshot =
                    rig.pending.read(key).toCompletableFuture().join();
            slowest.accumulateAndGet(System.nanoTime() - begun, Math::max);
            answers.incrementAndGet();
            long batch = (Long) row.get("batch");
            long seen = (Long) row.get("n") + snapshot.beyond(batch).totals().totalRequests();
            if (!snapshot.outruns(batch) && seen != 1) {
                complaints.add(key + " has " + seen + " requests");
            }
        });
    }

    private void lookForLocks(SettlementFixture rig) {
        repeatedly(rig, tables -> {
            complaints.addAll(tables.rows(LOCK_WAITS));
            looksForLocks.incrementAndGet();
        });
    }

    /** Repeats a read over a kept connection, as a server's pool has, since opening one would cost more than the read. */
    private void repeatedly(SettlementFixture rig, Consumer<MeteredKeys> look) {
        BoundDatabase database = new BoundDatabase(rig.postgres.dataSource());
        MeteredKeys tables = new MeteredKeys(database);
        database.keep(() -> {
            while (!over.get()) {
                look.accept(tables);
                LockSupport.parkNanos(READER_PAUSE_NANOS);
            }
        });
    }

    private static long max(List<Long> numbers) {
        return numbers.stream().max(Long::compare).orElseThrow();
    }

    private static long usedHeap() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static long memory(RedisWire wire) {
        return ((String) wire.send("INFO", "memory"))
                .lines()
                .filter(line -> line.startsWith("used_memory:"))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1)))
                .findFirst()
                .orElseThrow();
    }
}
