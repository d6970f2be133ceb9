package dev.tollgate.bench.section;

import dev.tollgate.bench.http.Site;
import dev.tollgate.bench.measure.Findings;
import dev.tollgate.bench.measure.Load;
import dev.tollgate.bench.measure.Plan;
import dev.tollgate.bench.measure.Rounds;
import dev.tollgate.bench.measure.Section;
import dev.tollgate.bench.measure.Spread;
import dev.tollgate.bench.redis.CommandCounts;
import jakarta.json.Json;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Requests through WildFly with the filter and without, and a banned caller's flood. */
public final class Http implements Section {

    private static final int CONNECTIONS = 64;
    private static final int ACCOUNTS = 100;
    private static final int WARM_UPS = 45;
    private static final String WITH = "with the filter: decided and metered";
    private static final String WITHOUT = "without";
    private static final String BANNED = "a banned caller's flood (429)";

    @Override
    public String title() {
        return "HTTP on WildFly";
    }

    @Override
    public void measure(Plan plan, Findings findings) throws Exception {
        findings.say("");
        findings.say(
                "64 connections, a servlet that answers 1 KB, in the WAR behind the filter and in a WAR of its own in the same"
                        + " server; 100 accounts with a window of a million a minute and a quota. The client is in another process on the"
                        + " same two cores and costs all alike.");
        try (Site site = new Site(plan, false);
                CommandCounts counts = new CommandCounts(site.redis.port())) {
            List<String> keys = site.amplePro(ACCOUNTS);
            String[] banned = site.newKey("pro");
            site.admin(
                    "POST",
                    "/bans",
                    Json.createObjectBuilder()
                            .add("caller", banned[1])
                            .add("level", "1_DAY")
                            .add("reason", "bench")
                            .build());
            long[] metered = new long[1];
            long[] batches = new long[1];
            long[] scripts = new long[1];
            long[] decided = new long[1];
            Map<String, Supplier<Load>> contestants = new LinkedHashMap<>();
            contestants.put(WITH, () -> {
                long before = site.batches();
                counts.reset();
                Load load = site.load(plan, CONNECTIONS, "/tollgate/kilobyte", keys, 200);
                batches[0] += site.batches() - before;
                CommandCounts.Counted counted = counts.count();
                scripts[0] += counted.scripts();
                // Only admissions count the month.
                decided[0] += counted.calls().getOrDefault("incrby", 0L);
                metered[0] += Math.round(load.perSecond() * plan.millis() / 1_000);
                return load;
            });
            contestants.put(
                    WITHOUT,
                    () -> site.load(plan, CONNECTIONS, "/plain/kilobyte", Collections.singletonList(null), 200));
            contestants.put(BANNED, () -> site.load(plan, CONNECTIONS, "/tollgate/kilobyte", List.of(banned[0]), 429));
            // The JIT compilers of a server on two busy cores need minutes: after half of these rounds they still used
            // half a core.
            for (int i = 0; i < WARM_UPS; i++) {
                contestants.values().forEach(Supplier::get);
            }
            batches[0] = 0;
            scripts[0] = 0;
            decided[0] = 0;
            metered[0] = 0;
            Map<String, List<Load>> loads = new Rounds(plan.rounds()).run(contestants);
            if (decided[0] < metered[0]) {
                throw new IllegalStateException("not all requests were decided by Redis");
            }
            List<Double> without = Load.rates(loads.get(WITHOUT));
            findings.head("", "requests per second (lowest to highest round)", "against without", "p50 µs", "p99 µs");
            loads.forEach((name, all) -> findings.row(
                    name,
                    Spread.of(Load.rates(all)).whole(),
                    Spread.ratio(Load.rates(all), without).fine(),
                    Math.round(Spread.of(all.stream().map(Load::p50Micros).toList())
                            .median()),
                    Math.round(Spread.of(all.stream().map(Load::p99Micros).toList())
                            .median())));
            findings.say("");
            findings.say(
                    "%,d metered requests took %,d round trips, those of the settlement among them, and %,d runs of scripts."
                            .formatted(metered[0], batches[0], scripts[0]));
            findings.atLeast(
                    0.85,
                    "HTTP requests/s with the filter against without",
                    Spread.ratio(Load.rates(loads.get(WITH)), without));
            findings.atLeast(
                    0.95,
                    "a banned caller's flood against no filter",
                    Spread.ratio(Load.rates(loads.get(BANNED)), without));
            double trips = (double) batches[0] / metered[0];
            findings.atMost(
                    0.2, "Redis round trips per metered request at 64 connections", new Spread(trips, trips, trips));
        }
    }
}
