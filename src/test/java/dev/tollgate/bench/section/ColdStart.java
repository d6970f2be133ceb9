package dev.tollgate.bench.section;

import dev.tollgate.bench.http.Site;
import dev.tollgate.bench.measure.Findings;
import dev.tollgate.bench.measure.Load;
import dev.tollgate.bench.measure.Plan;
import dev.tollgate.bench.measure.Rounds;
import dev.tollgate.bench.measure.Section;
import dev.tollgate.bench.measure.Spread;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The first seconds of a server, while its compilers are at work: behind the guard and not. */
public final class ColdStart implements Section {

    private static final int ACCOUNTS = 100;
    private static final int CONNECTIONS = 64;
    private static final int SECONDS = 10;
    private static final int[] SHOWN = {1, 2, 3, 5, 10};
    private static final String GUARDED = "guarded, hot callers";
    private static final String UNGUARDED = "the same WAR, unguarded";

    @Override
    public String title() {
        return "The first seconds of a server";
    }

    @Override
    public void measure(Plan plan, Findings findings) throws Exception {
        findings.say("");
        findings.say(
                ("A WildFly that has just started, with the WAR, the guard and a servlet that answers 1 KB; its first"
                                + " requests come over %d connections from %d accounts. Each round and each line has a server of"
                                + " its own. The client is another process on the same two cores.")
                        .formatted(CONNECTIONS, ACCOUNTS));
        Map<String, Supplier<List<Load>>> contestants = new LinkedHashMap<>();
        contestants.put(GUARDED, () -> firstSeconds(plan, "/guarded/kilobyte", true));
        contestants.put(UNGUARDED, () -> firstSeconds(plan, "/plain/kilobyte", false));
        Map<String, List<List<Load>>> all = new Rounds(plan.rounds()).run(contestants);
        findings.head("requests per second in second", "1", "2", "3", "5", "10", "p99 ms in the first", "in the tenth");
        all.forEach((name, rounds) -> {
            List<Object> row = new ArrayList<>();
            row.add(name);
            for (int second : SHOWN) {
                row.add(median(rounds, second, Load::perSecond).whole());
            }
            row.add(Math.round(median(rounds, 1, Load::p99Micros).median() / 1_000));
            row.add(Math.round(median(rounds, SECONDS, Load::p99Micros).median() / 1_000));
            findings.row(row.toArray());
        });
    }

    private static Spread median(List<List<Load>> rounds, int second, ToDoubleFunction<Load> number) {
        return Spread.of(rounds.stream()
                .map(seconds -> number.applyAsDouble(seconds.get(second - 1)))
                .toList());
    }

    private static List<Load> firstSeconds(Plan plan, String path, boolean withKeys) {
        try (Site site = new Site(plan, true)) {
            List<String> keys = withKeys ? site.amplePro(ACCOUNTS) : Collections.singletonList(null);
            List<Load> seconds = new ArrayList<>();
            for (int i = 0; i < SECONDS; i++) {
                seconds.add(site.load(plan.of(1_000), CONNECTIONS, path, keys, 200));
            }
            return seconds;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
