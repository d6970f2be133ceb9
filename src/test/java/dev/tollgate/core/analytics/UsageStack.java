package dev.tollgate.core.analytics;

import dev.tollgate.config.Settings;
import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.KeyUsage.ProviderDay;
import dev.tollgate.core.usage.PendingUsage.Claims;
import dev.tollgate.core.usage.UsageCounts;
import dev.tollgate.core.usage.UsageDelta;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.fixture.postgres.BoundDatabase;
import dev.tollgate.fixture.redis.MeteredKeys;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.gate.CircuitBreaker;
import dev.tollgate.gate.CircuitBreakingReportCache;
import dev.tollgate.postgres.report.JpaUsageReports;
import dev.tollgate.postgres.settlement.JdbcSettlementStore;
import dev.tollgate.postgres.support.MigratedPostgres;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisConnection;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.decision.RedisQuotaCounters;
import dev.tollgate.redis.usage.RedisPendingUsage;
import dev.tollgate.redis.usage.RedisReportCache;
import dev.tollgate.settlement.Settlement;
import dev.tollgate.settlement.Transactions;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.redisson.api.RedissonClient;

/** Recording, settling and reading usage over a real Redis and a real PostgreSQL. */
public final class UsageStack implements AutoCloseable {

    public final RealRedis redis = RealRedis.start();
    public final MigratedPostgres postgres = MigratedPostgres.start();
    public final RedissonClient client = RedisConnection.open(Settings.of(Map.of("tollgate.redis.url", redis.url())));
    final ScriptBatcher batcher = new ScriptBatcher(client, 4, 64, 10_000, Duration.ofSeconds(5));
    public final RedisKeys keys = new RedisKeys("t:");
    final RedisPendingUsage pending = new RedisPendingUsage(batcher, keys, false);
    final RedisReportCache reports = new RedisReportCache(batcher, keys, Duration.ofSeconds(5));
    final CountingReports database = new CountingReports(new JpaUsageReports(postgres.database()));
    public final MeteredKeys tables = new MeteredKeys(postgres.server().dataSource());
    private final BoundDatabase bound = new BoundDatabase(postgres.server().dataSource());
    final JdbcSettlementStore ledger = new JdbcSettlementStore(bound, "test");
    private final AtomicLong sequence = new AtomicLong();

    /** Reports as one node gives them. */
    public Analytics node(Clock clock) {
        return new Analytics(database, reports, clock);
    }

    /** Reports as a node gives them that gives up on Redis as quickly as the one that ships, and then lets it be. */
    Analytics impatientNode(Clock clock, CircuitBreaker breaker) {
        RedisReportCache impatient = new RedisReportCache(batcher, keys, Duration.ofMillis(500));
        return new Analytics(
                database,
                new CircuitBreakingReportCache(impatient, breaker, () -> System.nanoTime() / 1_000_000),
                clock);
    }

    /** How many database statements reports have cost since the last call of this. */
    public int statements() {
        return database.statements();
    }

    public String newKey() {
        return tables.create(1).get(0);
    }

    /** Records events and waits until Redis has them. */
    public void record(UsageEvent... events) {
        Map<String, Map<ProviderDay, UsageCounts>> byKey = new HashMap<>();
        for (UsageEvent event : events) {
            byKey.computeIfAbsent(event.keyId(), key -> new HashMap<>())
                    .merge(new ProviderDay(event.provider(), event.day()), UsageCounts.of(event), UsageCounts::plus);
        }
        byKey.forEach((key, usage) ->
                recordAs(new UsageDelta(key, UUID.randomUUID().toString(), sequence.incrementAndGet(), usage)));
    }

    void recordAs(UsageDelta delta) {
        try {
            Map<String, Throwable> unconfirmed =
                    pending.record(List.of(delta)).toCompletableFuture().get(10, TimeUnit.SECONDS);
            if (!unconfirmed.isEmpty()) {
                throw new IllegalStateException("not recorded: " + unconfirmed);
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static KeyUsage usage(UsageEvent... events) {
        KeyUsage usage = KeyUsage.NONE;
        for (UsageEvent event : events) {
            usage = usage.plus(KeyUsage.of(event));
        }
        return usage;
    }

    /** Claims and applies in a committed transaction, and leaves the acknowledging to the caller. */
    Claims apply(String... keyIds) {
        return bound.call(() -> {
            long batch = ledger.nextBatchId();
            Claims claims = pending.claim(List.of(keyIds), batch);
            ledger.apply(batch, claims.claims());
            return claims;
        });
    }

    public void settle(String... keyIds) {
        pending.acknowledge(apply(keyIds).claims());
    }

    /** What the timer runs. */
    Settlement settlement() {
        return new Settlement(
                pending, ledger, new RedisQuotaCounters(batcher, keys), event -> {}, System::currentTimeMillis, 100);
    }

    Transactions transactions() {
        return new Transactions() {
            @Override
            public <T> T call(Supplier<T> work) {
                return bound.call(work);
            }
        };
    }

    @Override
    public void close() {
        client.shutdown();
        redis.close();
        postgres.close();
    }
}
