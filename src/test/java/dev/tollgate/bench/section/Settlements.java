package dev.tollgate.bench.section;

import dev.tollgate.bench.measure.Findings;
import dev.tollgate.bench.measure.Plan;
import dev.tollgate.bench.measure.Rounds;
import dev.tollgate.bench.measure.Section;
import dev.tollgate.bench.measure.Spread;
import dev.tollgate.bench.redis.DecisionBenchFixture;
import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.PendingUsage.Claims;
import dev.tollgate.core.usage.UsageDelta;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.fixture.postgres.BoundDatabase;
import dev.tollgate.fixture.redis.MeteredKeys;
import dev.tollgate.postgres.settlement.JdbcSettlementStore;
import dev.tollgate.postgres.support.Database;
import dev.tollgate.postgres.support.MigratedPostgres;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.decision.RedisQuotaCounters;
import dev.tollgate.redis.usage.RedisPendingUsage;
import dev.tollgate.settlement.Settlement;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** The changed keys settled per second, compared with rows written one at a time by JPA. */
public final class Settlements implements Section {

    private static final int BATCH = 2_000;
    private static final String OURS = "Tollgate: arrays, a statement per table and batch";
    private static final String EACH = "JPA row by row, a transaction per key";
    private static final String BATCHED = "JPA row by row, a transaction per 2,000 keys";

    private final AtomicLong sequence = new AtomicLong();

    @Override
    public String title() {
        return "Settlement";
    }

    @Override
    public void measure(Plan plan, Findings findings) {
        findings.say("");
        findings.say(
                "Each key has four changed rows. All take their keys out of Redis and acknowledge them in the same way; JPA's"
                        + " rows are one upsert each, without the guard against counting twice. PostgreSQL syncs each commit to disk.");
        try (DecisionBenchFixture stand = new DecisionBenchFixture();
                MigratedPostgres postgres = MigratedPostgres.startSynced()) {
            ScriptBatcher work = new ScriptBatcher(stand.client, 2, 512, 50_000, Duration.ofSeconds(10));
            RedisPendingUsage pending = new RedisPendingUsage(work, stand.keys, false);
            List<String> keys = new MeteredKeys(postgres.server().dataSource()).create(plan.keys());
            postgres.execute("ANALYZE");
            BoundDatabase bound = new BoundDatabase(postgres.server().dataSource());
            JdbcSettlementStore ledger = new JdbcSettlementStore(bound, "bench");
            Settlement settlement = new Settlement(
                    pending,
                    ledger,
                    new RedisQuotaCounters(work, stand.keys),
                    event -> {},
                    System::currentTimeMillis,
                    BATCH);
            Map<String, Supplier<Double>> contestants = new LinkedHashMap<>();
            contestants.put(
                    OURS,
                    () -> timed(pending, keys, () -> {
                        if (settlement.settle(bound::call).keys() != keys.size()) {
                            throw new IllegalStateException("not all settled");
                        }
                    }));
            List<String> few = keys.subList(0, Math.max(500, keys.size() / 20));
            Database database = postgres.database();
            contestants.put(
                    EACH,
                    () -> timed(pending, few, () -> few.forEach(key -> rows(pending, ledger, database, List.of(key)))));
            contestants.put(
                    BATCHED,
                    () -> timed(pending, few, () -> {
                        for (int from = 0; from < few.size(); from += BATCH) {
                            List<String> batch = few.subList(from, Math.min(few.size(), from + BATCH));
                            rows(pending, ledger, database, batch);
                        }
                    }));
            Map<String, List<Double>> rates = new Rounds(plan.rounds()).run(contestants);
            findings.head("", "keys per second (lowest to highest round)", "Tollgate against it");
            rates.forEach((name, all) -> findings.row(
                    name,
                    Spread.of(all).whole(),
                    Spread.ratio(rates.get(OURS), all).text("%.1f")));
            for (String peer : List.of(EACH, BATCHED)) {
                findings.atLeast(
                        20, "keys settled per second against " + peer, Spread.ratio(rates.get(OURS), rates.get(peer)));
            }
        }
    }

    private static void rows(
            RedisPendingUsage pending, JdbcSettlementStore ledger, Database database, List<String> keys) {
        Claims claims = pending.claim(keys, ledger.nextBatchId());
        database.inTransaction(entities -> {
            claims.claims().forEach(claim -> RowByRow.settle(entities, claim.keyId(), claim.usage()));
            return null;
        });
        pending.acknowledge(claims.claims());
    }

    /** Records usage of all keys, runs the work, and returns keys per second. */
    private double timed(RedisPendingUsage pending, List<String> keys, Runnable work) {
        LocalDate day = LocalDate.of(2026, 11, 22);
        KeyUsage usage = KeyUsage.of(new UsageEvent("any", "s3", day, true, 1, 1_000, "image/png", 1));
        List<UsageDelta> recordings = new ArrayList<>();
        for (String key : keys) {
            recordings.add(new UsageDelta(key, "bench", sequence.incrementAndGet(), usage.providerDays()));
        }
        for (int from = 0; from < recordings.size(); from += 5_000) {
            List<UsageDelta> some = recordings.subList(from, Math.min(recordings.size(), from + 5_000));
            if (!pending.record(some).toCompletableFuture().join().isEmpty()) {
                throw new IllegalStateException("not recorded");
            }
        }
        long start = System.nanoTime();
        work.run();
        return keys.size() * 1e9 / (System.nanoTime() - start);
    }
}
