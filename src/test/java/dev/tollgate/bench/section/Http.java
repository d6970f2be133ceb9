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
    private static final int WARM_UPS = 35;
    private static final String HOT = "with the filter, hot callers";
    private static final String COLD = "with the filter, cold callers";
    private static final String WITHOUT = "without";
    private static final String BANNED = "a banned caller's flood (429)";

    /** What a contestant's requests cost in Redis, in all rounds. */
    private static final class Trips {

        private final Site site;
        private final CommandCounts counts;
        private long requests;
        private long batches;
        private long scripts;
        private long admissions;

        Trips(Site site, CommandCounts counts) {
            this.site = site;
            this.counts = counts;
        }

        Load count(Plan plan, Supplier<Load> work) {
            long before = site.batches();
            counts.reset();
            Load load = work.get();
            batches += site.batches() - before;
            CommandCounts.Counted counted = counts.count();
            scripts += counted.scripts();
            // Only admissions count the month.
            admissions += counted.calls().getOrDefault("incrby", 0L);
            requests += Math.round(load.perSecond() * plan.millis() / 1_000);
            return load;
        }

        void forget() {
            requests = 0;
            batches = 0;
            scripts = 0;
            admissions = 0;
        }

        Spread perRequest() {
            double trips = (double) batches / requests;
            return new Spread(trips, trips, trips);
        }

        String text() {
            return "%,d requests took %,d round trips and %,d runs of scripts".formatted(requests, batches, scripts);
        }
    }

    @Override
    public String title() {
        return "HTTP on WildFly";
    }

    @Override
    public void measure(Plan plan, Findings findings) throws Exception {
        findings.say("");
        findings.say(
                "64 connections, a servlet that answers 1 KB, in the WAR behind the filter and in a WAR of its own in the same"
                        + " server; accounts with a window of a million a minute and a quota. The %,d hot callers are admitted from"
                                .formatted(ACCOUNTS)
                        + " leases. The %,d cold callers come in turn, so Redis decides each request; their keys and months are known"
                                .formatted(plan.coldCallers())
                        + " to the node. The client is in another process on the same two cores and costs all alike.");
        try (Site site = new Site(plan, false);
                CommandCounts counts = new CommandCounts(site.redis.port())) {
            List<String> hot = site.amplePro(ACCOUNTS);
            List<String> cold = site.manyPro(plan.coldCallers());
            String[] banned = site.newKey("pro");
            site.admin(
                    "POST",
                    "/bans",
                    Json.createObjectBuilder()
                            .add("caller", banned[1])
                            .add("level", "1_DAY")
                            .add("reason", "bench")
                            .build());
            Trips hotTrips = new Trips(site, counts);
            Trips coldTrips = new Trips(site, counts);
            Map<String, Supplier<Load>> contestants = new LinkedHashMap<>();
            contestants.put(
                    HOT,
                    () -> hotTrips.count(plan, () -> site.load(plan, CONNECTIONS, "/tollgate/kilobyte", hot, 200)));
            contestants.put(
                    COLD,
                    () -> coldTrips.count(plan, () -> site.loadInTurn(plan, CONNECTIONS, "/tollgate/kilobyte", cold)));
            contestants.put(
                    WITHOUT,
                    () -> site.load(plan, CONNECTIONS, "/plain/kilobyte", Collections.singletonList(null), 200));
            contestants.put(BANNED, () -> site.load(plan, CONNECTIONS, "/tollgate/kilobyte", List.of(banned[0]), 429));
            site.introduce("/tollgate/kilobyte", cold);
            // The JIT compilers of a server on two busy cores need minutes: after half of these rounds they still used
            // half a core.
            for (int i = 0; i < WARM_UPS; i++) {
                contestants.values().forEach(Supplier::get);
            }
            hotTrips.forget();
            coldTrips.forget();
            Map<String, List<Load>> loads = new Rounds(plan.rounds()).run(contestants);
            if (coldTrips.admissions < coldTrips.requests) {
                throw new IllegalStateException("not all requests of cold callers were decided by Redis");
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
            findings.say("Of hot callers, " + hotTrips.text() + "; of cold callers, " + coldTrips.text()
                    + ". Settlement's are among them.");
            report(findings, loads, without);
            findings.atMost(
                    0.02,
                    "Redis round trips per metered request at 64 connections, hot callers",
                    hotTrips.perRequest());
            findings.atMost(
                    0.2,
                    "Redis round trips per metered request at 64 connections, cold callers",
                    coldTrips.perRequest());
        }
    }

    private static void report(Findings findings, Map<String, List<Load>> loads, List<Double> without) {
        Map<String, Double> targets = new LinkedHashMap<>();
        targets.put(HOT, 0.8);
        targets.put(COLD, 0.45);
        targets.forEach((name, target) -> findings.atLeast(
                target,
                "HTTP requests/s " + name + ", against without",
                Spread.ratio(Load.rates(loads.get(name)), without)));
        findings.atLeast(
                0.9, "a banned caller's flood against no filter", Spread.ratio(Load.rates(loads.get(BANNED)), without));
    }
}
