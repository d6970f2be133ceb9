package dev.tollgate.bench.section;

import com.sun.management.ThreadMXBean;
import dev.tollgate.bench.http.LightExchange;
import dev.tollgate.bench.measure.Findings;
import dev.tollgate.bench.measure.Plan;
import dev.tollgate.bench.measure.Section;
import dev.tollgate.bench.measure.Spread;
import dev.tollgate.bench.redis.InProcessNode;
import dev.tollgate.bench.redis.InProcessNode.Callers;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.gate.DecisionCounts;
import dev.tollgate.gate.GateResult;
import jakarta.servlet.FilterChain;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** What a request that is admitted from a lease costs in the filter: bytes and time of its thread. */
public final class FilterCost implements Section {

    /** So few that one thread makes all of them hot before they have leases. */
    private static final int ACCOUNTS = 16;

    private static final int WARM_UPS = 20;
    private static final FilterChain NOTHING = (request, response) -> {};

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final LightExchange exchange = new LightExchange();

    /** What was measured in one round. */
    private record Cost(double bytes, double nanos, double leased) {}

    @Override
    public String title() {
        return "A leased request in the filter";
    }

    @Override
    public void measure(Plan plan, Findings findings) throws Exception {
        try (RealRedis redis = RealRedis.start();
                InProcessNode node = new InProcessNode(redis.url(), ACCOUNTS, Callers.KEYS);
                InProcessNode restricted = new InProcessNode(redis.url(), ACCOUNTS, Callers.RESTRICTED_KEYS);
                InProcessNode persons = new InProcessNode(redis.url(), ACCOUNTS, Callers.PRINCIPALS)) {
            List<Cost> costs = new ArrayList<>();
            List<Cost> ofRestricted = new ArrayList<>();
            List<Cost> ofPersons = new ArrayList<>();
            for (int i = 0; i < WARM_UPS + plan.rounds(); i++) {
                Cost cost = round(plan, node, Callers.KEYS);
                Cost restrictedCost = round(plan, restricted, Callers.RESTRICTED_KEYS);
                Cost personsCost = round(plan, persons, Callers.PRINCIPALS);
                if (i >= WARM_UPS) {
                    costs.add(cost);
                    ofRestricted.add(restrictedCost);
                    ofPersons.add(personsCost);
                }
            }
            Spread bytes = Spread.of(costs.stream().map(Cost::bytes).toList());
            findings.say("");
            findings.say(
                    "`RateLimitFilter.doFilter` in a loop of one thread, with a request and a response that allocate nothing:"
                            + " API key, decision, header fields and recording. What other threads do for it is not in here:"
                            + " leases and the sending of usage. %.1f %% of the requests were admitted from a lease."
                                    .formatted(Spread.of(costs.stream()
                                                    .map(Cost::leased)
                                                    .toList())
                                            .median()));
            findings.say(
                    "Restricted keys have 50 scopes and 100 networks, of which the last ones count, and a route that asks"
                            + " for three scopes. Principals are named in a header field.");
            findings.head("per request", "ns, median (lowest to highest round)", "bytes allocated");
            row(findings, "a key", costs);
            row(findings, "a restricted key", ofRestricted);
            row(findings, "a principal", ofPersons);
            findings.atMost(1_536, "bytes allocated by a leased request in the filter", bytes);
            findings.atMost(2_000, "ns that a key's restrictions add", added(costs, ofRestricted));
            findings.atMost(2_000, "ns that a principal adds", added(costs, ofPersons));
        }
    }

    private static void row(Findings findings, String name, List<Cost> costs) {
        findings.row(
                name,
                Spread.of(costs.stream().map(Cost::nanos).toList()).whole(),
                Spread.of(costs.stream().map(Cost::bytes).toList()).whole());
    }

    /** What the others took longer, round by round. */
    private static Spread added(List<Cost> costs, List<Cost> others) {
        return Spread.of(IntStream.range(0, costs.size())
                .mapToObj(i -> others.get(i).nanos() - costs.get(i).nanos())
                .toList());
    }

    private Cost round(Plan plan, InProcessNode node, Callers callers) throws Exception {
        long leasedBefore = decided(node, true);
        long decidedBefore = decided(node, false);
        long end = System.nanoTime() + plan.millis() * 1_000_000;
        long count = 0;
        long bytes = threads.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        while (System.nanoTime() < end) {
            exchange.begin(callers.field(), node.keys().get((int) (count % ACCOUNTS)));
            node.filter().doFilter(exchange.request(), exchange.response(), NOTHING);
            if (exchange.fields() < 2) {
                throw new IllegalStateException("a response without header fields");
            }
            count++;
        }
        double nanos = System.nanoTime() - start;
        bytes = threads.getCurrentThreadAllocatedBytes() - bytes;
        double decided = decided(node, false) - decidedBefore;
        return new Cost(bytes / (double) count, nanos / count, 100 * (decided(node, true) - leasedBefore) / decided);
    }

    private static long decided(InProcessNode node, boolean leased) {
        return node.assembly().counts().counts().stream()
                .filter(count -> !leased || count.source() == GateResult.Source.LEASE)
                .mapToLong(DecisionCounts.Count::requests)
                .sum();
    }
}
