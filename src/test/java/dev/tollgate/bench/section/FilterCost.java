package dev.tollgate.bench.section;

import com.sun.management.ThreadMXBean;
import dev.tollgate.bench.http.LightExchange;
import dev.tollgate.bench.measure.Findings;
import dev.tollgate.bench.measure.Plan;
import dev.tollgate.bench.measure.Section;
import dev.tollgate.bench.measure.Spread;
import dev.tollgate.bench.redis.InProcessNode;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.gate.DecisionCounts;
import dev.tollgate.gate.GateResult;
import jakarta.servlet.FilterChain;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

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
                InProcessNode node = new InProcessNode(redis.url(), ACCOUNTS)) {
            List<Cost> costs = new ArrayList<>();
            for (int i = 0; i < WARM_UPS + plan.rounds(); i++) {
                Cost cost = round(plan, node);
                if (i >= WARM_UPS) {
                    costs.add(cost);
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
            findings.head("per request", "median (lowest to highest round)");
            findings.row("bytes allocated", bytes.whole());
            findings.row(
                    "ns", Spread.of(costs.stream().map(Cost::nanos).toList()).whole());
            findings.atMost(1_536, "bytes allocated by a leased request in the filter", bytes);
        }
    }

    private Cost round(Plan plan, InProcessNode node) throws Exception {
        long leasedBefore = decided(node, true);
        long decidedBefore = decided(node, false);
        long end = System.nanoTime() + plan.millis() * 1_000_000;
        long count = 0;
        long bytes = threads.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        while (System.nanoTime() < end) {
            exchange.begin(node.keys().get((int) (count % ACCOUNTS)));
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
