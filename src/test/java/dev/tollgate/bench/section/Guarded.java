package dev.tollgate.bench.section;

import dev.tollgate.bench.http.Site;
import dev.tollgate.bench.measure.Findings;
import dev.tollgate.bench.measure.Load;
import dev.tollgate.bench.measure.Plan;
import dev.tollgate.bench.measure.Rounds;
import dev.tollgate.bench.measure.Section;
import dev.tollgate.bench.measure.Spread;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The cost that the guard adds to a request of an application without Tollgate. */
public final class Guarded implements Section {

    private static final int ACCOUNTS = 100;

    /** So few that one connection makes all of them hot. */
    private static final int ACCOUNTS_OF_ONE_CONNECTION = 16;

    private static final int WARM_UPS = 60;

    /** Cold loads are followed by a settlement of all their callers, which takes longer than they do: every sixth warm-up has them. */
    private static final int EVERY = 6;

    /** Of a server that is warm from many connections. */
    private static final int FEW_WARM_UPS = 5;

    private static final String HOT = "guarded, hot callers";
    private static final String COLD = "guarded, cold callers";
    private static final String DEFERRED = "guarded, cold callers, no thread waits";
    private static final String UNGUARDED = "the same WAR, unguarded";

    @Override
    public String title() {
        return "A foreign WAR behind the guard";
    }

    @Override
    public void measure(Plan plan, Findings findings) throws Exception {
        findings.say("");
        findings.say("The same WAR three times in one WildFly with the guard module, two of them named in"
                + " `tollgate.guard.applications` and one of these in `tollgate.guard.async`; a servlet that answers"
                + " 1 KB, accounts with a window of a million a minute and a quota, every request metered. The"
                + " %,d hot callers, %,d with one connection, are admitted from leases. The %,d cold callers come in turn,"
                        .formatted(ACCOUNTS, ACCOUNTS_OF_ONE_CONNECTION, plan.coldCallers())
                + " so Redis decides each request;"
                + " their keys and months are known to the node. The client is another process on the same two cores.");
        try (Site site = new Site(plan, true)) {
            List<String> hot = site.amplePro(ACCOUNTS);
            List<String> cold = site.manyPro(plan.coldCallers());
            findings.head("", "requests per second (lowest to highest round)", "against unguarded", "p50 µs", "p99 µs");
            Map<Integer, Map<String, List<Load>>> measured = new LinkedHashMap<>();
            for (int connections : new int[] {64, 1}) {
                Map<String, Supplier<Load>> contestants = contestants(
                        plan,
                        site,
                        connections,
                        connections == 1 ? hot.subList(0, ACCOUNTS_OF_ONE_CONNECTION) : hot,
                        cold);
                // The WAR looks the keys up in the database, and the guard then finds them in Redis.
                site.introduce("/tollgate/kilobyte", cold);
                site.introduce("/guarded/kilobyte", cold);
                for (int i = 0; i < (connections == 1 ? FEW_WARM_UPS : WARM_UPS); i++) {
                    boolean all = i % EVERY == 0;
                    contestants.forEach((name, load) -> {
                        if (all || name.equals(HOT) || name.equals(UNGUARDED)) {
                            load.get();
                        }
                    });
                }
                // Again, since a node forgets a key after five minutes and Redis its copy after ten.
                site.introduce("/tollgate/kilobyte", cold);
                site.introduce("/guarded/kilobyte", cold);
                Map<String, List<Load>> loads = new Rounds(plan.rounds()).run(contestants);
                loads.forEach((name, rounds) -> findings.row(
                        name + ", " + connections + (connections == 1 ? " connection" : " connections"),
                        spread(rounds, Load::perSecond).whole(),
                        against(loads, name).fine(),
                        Math.round(spread(rounds, Load::p50Micros).median()),
                        Math.round(spread(rounds, Load::p99Micros).median())));
                measured.put(connections, loads);
            }
            report(findings, measured);
        }
    }

    private static Map<String, Supplier<Load>> contestants(
            Plan plan, Site site, int connections, List<String> hot, List<String> cold) {
        Map<String, Supplier<Load>> contestants = new LinkedHashMap<>();
        contestants.put(HOT, () -> site.load(plan, connections, "/guarded/kilobyte", hot, 200));
        contestants.put(COLD, () -> site.loadInTurn(plan, connections, "/guarded/kilobyte", cold));
        contestants.put(DEFERRED, () -> site.loadInTurn(plan, connections, "/deferred/kilobyte", cold));
        contestants.put(
                UNGUARDED, () -> site.load(plan, connections, "/plain/kilobyte", Collections.singletonList(null), 200));
        return contestants;
    }

    private static void report(Findings findings, Map<Integer, Map<String, List<Load>>> all) {
        findings.say("");
        List<String> gains = new ArrayList<>();
        all.forEach((connections, loads) -> gains.add("%.2f (%d at once)"
                .formatted(
                        Spread.ratio(Load.rates(loads.get(DEFERRED)), Load.rates(loads.get(COLD)))
                                .median(),
                        connections)));
        findings.say("Requests of cold callers per second where no thread waits for Redis, against where one does: "
                + String.join(", ", gains) + ".");
        Map<String, List<Load>> one = all.get(1);
        Map<String, List<Load>> many = all.get(64);
        findings.atLeast(0.8, "guarded against unguarded, requests/s, 64 connections, hot callers", against(many, HOT));
        findings.atMost(20, "µs the guard adds to the median at 1 connection, hot callers", added(one, HOT));
        findings.atLeast(
                0.45, "guarded against unguarded, requests/s, 64 connections, cold callers", against(many, COLD));
        findings.atMost(200, "µs the guard adds to the median at 1 connection, cold callers", added(one, COLD));
    }

    private static Spread against(Map<String, List<Load>> loads, String name) {
        return Spread.ratio(Load.rates(loads.get(name)), Load.rates(loads.get(UNGUARDED)));
    }

    /** Returns what is added to the median, by round. */
    private static Spread added(Map<String, List<Load>> loads, String name) {
        double[] added = new double[loads.get(name).size()];
        Arrays.setAll(
                added,
                i -> loads.get(name).get(i).p50Micros()
                        - loads.get(UNGUARDED).get(i).p50Micros());
        return Spread.of(Arrays.stream(added).boxed().toList());
    }

    private static Spread spread(List<Load> loads, ToDoubleFunction<Load> number) {
        return Spread.of(loads.stream().mapToDouble(number).boxed().toList());
    }
}
