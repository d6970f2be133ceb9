package dev.tollgate.ops.metrics;

import dev.tollgate.ops.metrics.Metrics.Sample;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Produces the registry of metrics, filled from the places that count them. */
@ApplicationScoped
public class MetricsProducers {

    @Produces
    @Singleton
    Metrics metrics(GateMetrics gate, LeaseMetrics leases, RedisMetrics redis, UsageMetrics usage, NodeMetrics node) {
        Metrics metrics = new Metrics();
        gate.add(metrics);
        leases.add(metrics);
        redis.add(metrics);
        usage.add(metrics);
        node.add(metrics);
        return metrics;
    }

    /** Returns samples for counts by one label, with 0 for known labels that nothing was counted for yet. */
    static Collection<Sample> byLabel(Map<String, Long> counts, Collection<String> known) {
        Map<String, Long> all = new TreeMap<>(counts);
        known.forEach(label -> all.putIfAbsent(label, 0L));
        return byLabel(all);
    }

    /** Returns samples for counts by one label. */
    static Collection<Sample> byLabel(Map<String, Long> counts) {
        List<Sample> samples = new ArrayList<>(counts.size());
        counts.forEach((label, count) -> samples.add(Sample.of(label, count)));
        return samples;
    }
}
