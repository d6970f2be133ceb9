package dev.tollgate.bench.section;

import dev.tollgate.bench.http.Site;
import dev.tollgate.bench.measure.Findings;
import dev.tollgate.bench.measure.Load;
import dev.tollgate.bench.measure.Plan;
import dev.tollgate.bench.measure.Rounds;
import dev.tollgate.bench.measure.Section;
import dev.tollgate.bench.measure.Spread;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The cost that the guard adds to a request of an application without Tollgate. */
public final class Guarded implements Section {

    private static final int ACCOUNTS = 100;
    private static final int WARM_UPS = 25;
    private static final String GUARDED = "guarded";
    private static final String DEFERRED = "guarded, no thread waits";
    private static final String UNGUARDED = "the same WAR, unguarded";

    @Override
    public String title() {
        return "A foreign WAR behind the guard";
    }

    @Override
    public void measure(Plan plan, Findings findings) throws Exception {
        findings.say("");
        findings.say("The same WAR three times in one WildFly with the guard module, two of them named in"
                + " `tollgate.guard.applications` and one of these in `tollgate.guard.async`; a servlet that answers 1 KB, 100 accounts with a window of a million a minute and a"
                + " quota, every request decided and metered. The client is another process on the same two cores.");
        try (Site site = new Site(plan, true)) {
            List<String> keys = site.amplePro(ACCOUNTS);
            List<String> added = new ArrayList<>();
            List<String> gains = new ArrayList<>();
            findings.head("", "requests per second (lowest to highest round)", "p50 µs", "p99 µs");
            for (int connections : new int[] {1, 64}) {
                Map<String, Supplier<Load>> contestants = new LinkedHashMap<>();
                contestants.put(GUARDED, () -> site.load(plan, connections, "/guarded/kilobyte", keys, 200));
                contestants.put(DEFERRED, () -> site.load(plan, connections, "/deferred/kilobyte", keys, 200));
                contestants.put(
                        UNGUARDED,
                        () -> site.load(plan, connections, "/plain/kilobyte", Collections.singletonList(null), 200));
                for (int i = 0; i < WARM_UPS; i++) {
                    contestants.values().forEach(Supplier::get);
                }
                Map<String, List<Load>> loads = new Rounds(plan.rounds()).run(contestants);
                loads.forEach((name, all) -> findings.row(
                        name + ", " + connections + (connections == 1 ? " connection" : " connections"),
                        spread(all, Load::perSecond).whole(),
                        Math.round(spread(all, Load::p50Micros).median()),
                        Math.round(spread(all, Load::p99Micros).median())));
                double median = spread(loads.get(GUARDED), Load::p50Micros).median()
                        - spread(loads.get(UNGUARDED), Load::p50Micros).median();
                gains.add("%.2f (%s)"
                        .formatted(
                                Spread.ratio(Load.rates(loads.get(DEFERRED)), Load.rates(loads.get(GUARDED)))
                                        .median(),
                                connections + " at once"));
                added.add("%,.0f µs with %d at once".formatted(median, connections));
            }
            findings.say("");
            findings.say("Requests per second where no thread waits for Redis, against where one does: "
                    + String.join(", ", gains) + ".");
            findings.say("");
            findings.say("The median request takes longer behind the guard: by " + String.join(", ", added) + ".");
        }
    }

    private static Spread spread(List<Load> loads, ToDoubleFunction<Load> number) {
        return Spread.of(loads.stream().mapToDouble(number).boxed().toList());
    }
}
