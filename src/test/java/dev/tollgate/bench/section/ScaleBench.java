package dev.tollgate.bench.section;

import dev.tollgate.bench.measure.Findings;
import dev.tollgate.bench.measure.Load;
import dev.tollgate.bench.measure.Plan;
import dev.tollgate.bench.measure.Rounds;
import dev.tollgate.bench.measure.Section;
import dev.tollgate.bench.measure.Spread;
import dev.tollgate.bench.redis.DecisionBenchFixture;
import dev.tollgate.bench.redis.RawRedis;
import dev.tollgate.core.analytics.Analytics;
import dev.tollgate.core.analytics.query.UploadQuery;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.fixture.redis.MeteredKeys;
import dev.tollgate.fixture.redis.RedisWire;
import dev.tollgate.postgres.report.JpaUsageReports;
import dev.tollgate.postgres.support.MigratedPostgres;
import dev.tollgate.redis.usage.RedisReportCache;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The time of a decision and of an analytics hit by the number of known callers. One Redis per number, all at the same time, so
 * that the rounds can be interleaved. Requests are spread over all callers.
 */
public final class ScaleBench implements Section {

    private static final int SPREAD = 1_000;
    private static final int MISSES = 200;

    /** The servers with one number of callers. */
    private static final class Known implements AutoCloseable {
        final DecisionBenchFixture stand = new DecisionBenchFixture();
        final int count;
        final List<GateRequest> requests;
        List<String> hits;
        Analytics analytics;

        Known(int count) {
            this.count = count;
            String month = DecisionBenchFixture.month().toString();
            try (RawRedis raw = new RawRedis(stand.redis.port(), 1)) {
                // As after real use: a month counter, a used window, and a settled key for each caller.
                raw.all(each(i -> RedisWire.command("SET", "quota:{bench-" + i + "}:" + month, "7", "EX", "2000000")));
                raw.all(each(i -> RedisWire.command("SET", "settled:{bench-" + i + "}", "1", "EX", "600000")));
            }
            requests = IntStream.range(0, SPREAD)
                    .mapToObj(i -> DecisionBenchFixture.request(Caller.account("bench-" + (long) i * count / SPREAD)))
                    .toList();
        }

        private Iterable<byte[]> each(IntFunction<byte[]> command) {
            return () -> IntStream.range(0, count).mapToObj(command).iterator();
        }

        /** So many API keys in the database, and hits for some of them. */
        void read(MigratedPostgres postgres, int there) {
            MeteredKeys keys = new MeteredKeys(postgres.server().dataSource());
            String account = keys.accountOf(keys.create(1).get(0));
            postgres.execute("INSERT INTO api_keys (id, account_id, name, key_hash, prefix) SELECT gen_random_uuid(), '"
                    + account + "', 'k', encode(sha256(('" + count
                    + "-' || n)::bytea), 'hex'), 'tg_test0' FROM generate_series("
                    + there + ", " + (count - 1) + ") n");
            hits = postgres.column("SELECT id FROM api_keys ORDER BY random() LIMIT " + MISSES);
            analytics = new Analytics(
                    new JpaUsageReports(postgres.database()),
                    new RedisReportCache(stand.batcher, stand.keys, Duration.ofSeconds(5)),
                    Clock.systemUTC());
        }

        void ask(int i) {
            analytics.upload(hits.get(i % hits.size()), UploadQuery.parse(null));
        }

        @Override
        public void close() {
            stand.close();
        }
    }

    @Override
    public String title() {
        return "Growing numbers of callers";
    }

    @Override
    public void measure(Plan plan, Findings findings) {
        Map<Integer, Known> all = new LinkedHashMap<>();
        try (MigratedPostgres postgres = MigratedPostgres.startSynced()) {
            for (int count = 1_000; count <= plan.mostCallers(); count *= 10) {
                Known known = new Known(count);
                known.read(postgres, count == 1_000 ? 0 : count / 10);
                all.put(count, known);
            }
            findings.say("");
            findings.say(
                    "p50 in µs, one thread. Each row is a Redis of its own that knows so many accounts with a month and a settled"
                            + " key; the API keys of all are in one PostgreSQL.");
            findings.head("known callers", "decision", "analytics hit");
            Map<String, List<Load>> decisions =
                    run(plan, all, known -> i -> DecisionBenchFixture.decide(known.stand.gate, known.requests.get(i)));
            Map<String, List<Load>> hits = run(plan, all, known -> known::ask);
            for (int count : all.keySet()) {
                findings.row("%,d".formatted(count), p50(decisions.get(name(count))), p50(hits.get(name(count))));
            }
            String least = name(1_000);
            String most = name(all.keySet().stream().max(Integer::compare).orElseThrow());
            findings.atMost(1.2, "decision p50 at " + most + " callers against 1,000", ratio(decisions, most, least));
            findings.atMost(1.2, "analytics hit p50 at " + most + " callers against 1,000", ratio(hits, most, least));
        } finally {
            all.values().forEach(Known::close);
        }
    }

    private interface Work {
        IntConsumer of(Known known);
    }

    private static Map<String, List<Load>> run(Plan plan, Map<Integer, Known> all, Work work) {
        Map<String, Supplier<Load>> contestants = new LinkedHashMap<>();
        all.forEach((count, known) ->
                contestants.put(name(count), () -> Load.run(1, plan.millis(), SPREAD, work.of(known))));
        return new Rounds(plan.rounds()).run(contestants);
    }

    private static String name(int count) {
        return "%,d".formatted(count);
    }

    private static Spread ratio(Map<String, List<Load>> loads, String most, String least) {
        return Spread.ratio(
                loads.get(most).stream().map(Load::p50Micros).toList(),
                loads.get(least).stream().map(Load::p50Micros).toList());
    }

    private static String p50(List<Load> loads) {
        return Spread.of(loads.stream().map(Load::p50Micros).toList()).whole();
    }
}
