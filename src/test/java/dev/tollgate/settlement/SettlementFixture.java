package dev.tollgate.settlement;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.config.Settings;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.ledger.LedgerReconciler;
import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.UsageDelta;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.core.usage.UsageRecorder;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.postgres.BoundDatabase;
import dev.tollgate.fixture.postgres.RealPostgres;
import dev.tollgate.fixture.postgres.Schema;
import dev.tollgate.fixture.redis.MeteredKeys;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.postgres.settlement.JdbcSettlementStore;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisConnection;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.decision.RedisQuotaCounters;
import dev.tollgate.redis.usage.RedisPendingUsage;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.postgresql.ds.PGSimpleDataSource;
import org.redisson.api.RedissonClient;

/** A fixture with a real Redis, a real PostgreSQL, and the settlement between them, without a server. */
final class SettlementFixture implements AutoCloseable {

    static final LocalDate TODAY = LocalDate.of(2026, 11, 22);

    private static final AtomicInteger RECORDERS = new AtomicInteger();

    final RealRedis redis;
    final RealPostgres postgres;
    final RedissonClient client;
    final ScriptBatcher batcher;
    final RedisPendingUsage pending;
    final MeteredKeys keys;
    final Queue<AuditEvent> audit = new ConcurrentLinkedQueue<>();
    private final AtomicLong sequence = new AtomicLong();

    SettlementFixture() {
        this(RealRedis.start());
    }

    SettlementFixture(RealRedis redis) {
        this(redis, Duration.ofSeconds(1));
    }

    /**
     * @param patience how long Redis may take
     */
    SettlementFixture(RealRedis redis, Duration patience) {
        this.redis = redis;
        this.postgres = RealPostgres.start();
        Schema.create(postgres.dataSource());
        this.client = RedisConnection.open(Settings.of(Map.of("tollgate.redis.url", redis.url())));
        this.batcher = new ScriptBatcher(client, 4, 500, 20_000, patience);
        this.pending = new RedisPendingUsage(batcher, new RedisKeys(""), false);
        this.keys = new MeteredKeys(source());
    }

    /** Returns a data source whose connections time out, as an operator would configure it. */
    private PGSimpleDataSource source() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(postgres.jdbcUrl());
        source.setUser(RealPostgres.USER);
        source.setPassword(postgres.password());
        source.setConnectTimeout(5);
        source.setSocketTimeout(40);
        return source;
    }

    /** The settlement of one node. */
    final class Node {
        private final BoundDatabase database = new BoundDatabase(source());
        private final JdbcSettlementStore ledger;
        private final Settlement settlement;

        Node(String name, int batch, Consumer<Settlement.Step> watcher) {
            this.ledger = new JdbcSettlementStore(database, name);
            this.settlement = new Settlement(
                    pending,
                    ledger,
                    new RedisQuotaCounters(batcher, new RedisKeys("")),
                    audit::add,
                    System::currentTimeMillis,
                    batch,
                    watcher);
        }

        Settlement.SettlementResult settle() {
            return settlement.settle(database::call);
        }
    }

    Node node() {
        return node(step -> {});
    }

    Node node(Consumer<Settlement.Step> watcher) {
        return new Node("node", 100, watcher);
    }

    /** Runs a pass that dies at a step. */
    void dieAt(Settlement.Step fatal) {
        assertThatThrownBy(() -> node(step -> {
                            if (step == fatal) {
                                throw new SimulatedCrash();
                            }
                        })
                        .settle())
                .isInstanceOf(SimulatedCrash.class);
    }

    LedgerReconciler ledger() {
        return new LedgerReconciler(pending, new JdbcSettlementStore(source(), "reader"));
    }

    UsageRecorder recorder() {
        return new UsageRecorder(
                pending,
                "recorder-" + RECORDERS.incrementAndGet(),
                Duration.ofMillis(5),
                100_000,
                System::currentTimeMillis,
                Thread::new);
    }

    static UsageEvent upload(String key, LocalDate day) {
        return new UsageEvent(key, "s3", day, true, 1, 10, "image/png", day.toEpochDay() * 86_400_000);
    }

    /** Records usage directly, without a recorder. */
    void record(String key, LocalDate day, int times) {
        KeyUsage usage = KeyUsage.NONE;
        for (int i = 0; i < times; i++) {
            usage = usage.plus(KeyUsage.of(upload(key, day)));
        }
        UsageDelta delta = new UsageDelta(key, "rig", sequence.incrementAndGet(), usage.providerDays());
        Ports.await(
                "recorded",
                Duration.ofSeconds(20),
                () -> pending.record(List.of(delta))
                        .toCompletableFuture()
                        .join()
                        .isEmpty());
    }

    long settled(String key) {
        return keys.requests().getOrDefault(key, 0L);
    }

    /** Settles until nothing is left, and retries after failures. */
    void settleAll() {
        Node node = node();
        Ports.await("everything settled", Duration.ofSeconds(60), () -> {
            try {
                node.settle();
                return pending.changedKeys(0, 1).isEmpty();
            } catch (RuntimeException e) {
                return false;
            }
        });
    }

    @Override
    public void close() {
        client.shutdown();
        redis.close();
        postgres.close();
    }
}
