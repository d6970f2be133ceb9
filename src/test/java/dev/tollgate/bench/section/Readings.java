package dev.tollgate.bench.section;

import dev.tollgate.bench.measure.Findings;
import dev.tollgate.bench.measure.Load;
import dev.tollgate.bench.measure.Plan;
import dev.tollgate.bench.measure.Rounds;
import dev.tollgate.bench.measure.Section;
import dev.tollgate.bench.measure.Spread;
import dev.tollgate.bench.redis.DecisionBenchFixture;
import dev.tollgate.core.analytics.Analytics;
import dev.tollgate.core.analytics.ReportTimes;
import dev.tollgate.core.analytics.query.DailyQuery;
import dev.tollgate.core.analytics.query.FileTypesQuery;
import dev.tollgate.core.analytics.query.ProvidersQuery;
import dev.tollgate.core.analytics.query.ReportQuery;
import dev.tollgate.core.analytics.query.UploadQuery;
import dev.tollgate.postgres.report.JpaUsageReports;
import dev.tollgate.postgres.report.YearOfUsage;
import dev.tollgate.postgres.support.MigratedPostgres;
import dev.tollgate.redis.usage.RedisReportCache;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.redisson.client.codec.StringCodec;

/** The cost of analytics: a cache hit, a miss, and the database alone. */
public final class Readings implements Section {

    @Override
    public String title() {
        return "Analytics";
    }

    @Override
    public void measure(Plan plan, Findings findings) {
        findings.say("");
        findings.say(
                "Server side, one thread, 1,000 keys used on 365 days with 4 providers; p50 of a round in µs. Outside a server"
                        + " each look into the database opens a connection, which a pool would save.");
        findings.head(
                "report",
                "hit: 1 trip, no SQL",
                "miss: 2 trips, 1 statement",
                "database alone",
                "hits per second, 16 threads");
        try (DecisionBenchFixture stand = new DecisionBenchFixture();
                MigratedPostgres postgres = MigratedPostgres.startSynced()) {
            YearOfUsage.fill(postgres);
            JpaUsageReports database = new JpaUsageReports(postgres.database());
            Analytics analytics = new Analytics(
                    database,
                    new RedisReportCache(stand.batcher, stand.keys, Duration.ofSeconds(5)),
                    Clock.systemUTC());
            LocalDate today = LocalDate.of(2026, 11, 22);
            Map<String, ReportQuery> queries = new LinkedHashMap<>();
            queries.put("`/analytics`", UploadQuery.parse(null));
            queries.put("`/analytics/daily`", DailyQuery.parse(null, null, null, today));
            queries.put("`/analytics/providers`", ProvidersQuery.parse(null, null, null, today));
            queries.put("`/analytics/file-types`", new FileTypesQuery());
            queries.forEach((name, query) -> {
                String key = stand.keys.report(YearOfUsage.KEY, query);
                Map<String, Supplier<Load>> contestants = new LinkedHashMap<>();
                contestants.put("hit", () -> Load.run(1, plan.millis() / 2, 1, i -> ReportTimes.ask(analytics, query)));
                contestants.put(
                        "miss",
                        () -> Load.run(1, plan.millis() / 2, 1, i -> {
                            stand.client.getBucket(key, StringCodec.INSTANCE).delete();
                            ReportTimes.ask(analytics, query);
                        }));
                contestants.put(
                        "alone",
                        () -> Load.run(1, plan.millis() / 2, 1, i -> database.settled(YearOfUsage.KEY, query)));
                contestants.put(
                        "many", () -> Load.run(16, plan.millis() / 2, 1, i -> ReportTimes.ask(analytics, query)));
                Map<String, List<Load>> loads = new Rounds(plan.rounds()).run(contestants);
                findings.row(
                        name,
                        p50(loads.get("hit")),
                        p50(loads.get("miss")),
                        p50(loads.get("alone")),
                        Spread.of(loads.get("many").stream()
                                        .map(Load::perSecond)
                                        .toList())
                                .whole());
            });
        }
    }

    private static String p50(List<Load> loads) {
        return Spread.of(loads.stream().map(Load::p50Micros).toList()).whole();
    }
}
