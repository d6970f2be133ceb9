package dev.tollgate.core.analytics;

import dev.tollgate.core.analytics.query.DailyQuery;
import dev.tollgate.core.analytics.query.FileTypesQuery;
import dev.tollgate.core.analytics.query.ProvidersQuery;
import dev.tollgate.core.analytics.query.ReportQuery;
import dev.tollgate.core.analytics.query.UploadQuery;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.postgres.report.JpaUsageReports;
import dev.tollgate.postgres.report.YearOfUsage;
import dev.tollgate.redis.connection.RedisMonitor;
import java.time.Clock;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.redisson.client.codec.StringCodec;

/**
 * Measures each report, server side, with 1,000 keys used on 365 days with 4 providers: a hit, a miss, and the database
 * alone, in one run. Prints a table for docs/benchmarks.md.
 */
public final class ReportTimes {

    private static final int ROUNDS = 400;
    private static final LocalDate TODAY = LocalDate.of(2026, 11, 22);

    private ReportTimes() {}

    /** Takes no arguments. */
    public static void main(String[] arguments) throws Exception {
        try (UsageStack stack = new UsageStack()) {
            YearOfUsage.fill(stack.postgres);
            Map<String, ReportQuery> queries = new LinkedHashMap<>();
            queries.put("/analytics", UploadQuery.parse(null));
            queries.put("/analytics?provider=s3", UploadQuery.parse("s3"));
            queries.put("/analytics/daily", DailyQuery.parse(null, null, null, TODAY));
            queries.put("/analytics/daily?limit=90", DailyQuery.parse(null, null, "90", TODAY));
            queries.put("/analytics/providers", ProvidersQuery.parse(null, null, null, TODAY));
            queries.put("/analytics/file-types", new FileTypesQuery());
            stack.record(new UsageEvent(YearOfUsage.KEY, "local", TODAY, true, 1, 10, "image/png", 1));
            CountingReports database = new CountingReports(new JpaUsageReports(stack.postgres.pooledDatabase()));
            Analytics analytics = new Analytics(database, stack.reports, Clock.systemUTC());
            System.out.println("| report | hit, median (p99) ms | miss ms | database alone ms | Redis commands and SQL"
                    + " statements of a hit | of a miss |");
            System.out.println("|---|---|---|---|---|---|");
            Runnable live = () -> analytics.live(YearOfUsage.KEY);
            for (Map.Entry<String, ReportQuery> entry : queries.entrySet()) {
                ReportQuery query = entry.getValue();
                Runnable ask = () -> ask(analytics, query);
                Runnable drop = () -> stack.client
                        .getBucket(stack.keys.report(YearOfUsage.KEY, query), StringCodec.INSTANCE)
                        .delete();
                String hit = time(() -> {}, ask);
                String miss = time(drop, ask);
                String alone = time(() -> {}, () -> database.settled(YearOfUsage.KEY, query));
                System.out.printf(
                        "| %s | %s | %s | %s | %s | %s |%n",
                        entry.getKey(),
                        hit,
                        miss,
                        alone,
                        cost(stack, database, () -> {}, ask),
                        cost(stack, database, drop, ask));
            }
            System.out.printf(
                    "| /analytics/live | %s | - | - | %s | - |%n",
                    time(() -> {}, live), cost(stack, database, () -> {}, live));
        }
        System.exit(0);
    }

    /** Asks for the report a query is about, of the key that was used for a year. */
    public static void ask(Analytics analytics, ReportQuery query) {
        if (query instanceof UploadQuery upload) {
            analytics.upload(YearOfUsage.KEY, upload);
        } else if (query instanceof DailyQuery daily) {
            analytics.daily(YearOfUsage.KEY, daily);
        } else if (query instanceof ProvidersQuery providers) {
            analytics.providers(YearOfUsage.KEY, providers);
        } else {
            analytics.fileTypes(YearOfUsage.KEY);
        }
    }

    private static String time(Runnable before, Runnable measured) {
        double[] millis = new double[ROUNDS];
        for (int i = -ROUNDS; i < ROUNDS; i++) {
            before.run();
            long start = System.nanoTime();
            measured.run();
            if (i >= 0) {
                millis[i] = (System.nanoTime() - start) / 1e6;
            }
        }
        Arrays.sort(millis);
        return "%.2f (%.2f)".formatted(millis[ROUNDS / 2], millis[ROUNDS * 99 / 100]);
    }

    private static String cost(UsageStack stack, CountingReports database, Runnable before, Runnable measured)
            throws Exception {
        before.run();
        database.statements();
        try (RedisMonitor monitor = new RedisMonitor(stack.redis.port())) {
            measured.run();
            int commands = monitor.commands(
                            "measured", () -> stack.client.getBucket("measured").isExists())
                    .size();
            return commands + " + " + database.statements();
        }
    }
}
