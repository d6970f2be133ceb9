package dev.tollgate.ops.metrics;

import dev.tollgate.gate.lease.LeaseCounts;
import dev.tollgate.gate.lease.Leases;
import dev.tollgate.ops.metrics.Metrics.Sample;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.List;

/** Metrics of the leases this node takes. Requests admitted from them are in {@code tollgate_decisions_total}. */
@Dependent
public class LeaseMetrics {

    @Inject
    private Leases leases;

    void add(Metrics metrics) {
        metrics.counters(
                        "tollgate_lease_requests_total",
                        "Leases this node asked Redis for: granted, refused since too little remains or a ban is in force, or failed.",
                        List.of("result"),
                        this::requests)
                .counters(
                        "tollgate_lease_units_total",
                        "Cost units of leases: granted ahead of need, and of these, once a lease is closed, spent or returned.",
                        List.of("kind"),
                        this::units)
                .counter(
                        "tollgate_lease_calls_total",
                        "Calls to Redis for leases and for reports of what became of them.",
                        () -> leases.counts().calls())
                .gauge("tollgate_lease_callers", "Callers for whom this node takes leases.", leases::size)
                .gauge(
                        "tollgate_lease_units_held",
                        "Cost units that this node may still admit from its leases.",
                        leases::unitsHeld);
    }

    private Collection<Sample> requests() {
        LeaseCounts.Snapshot counts = leases.counts();
        return List.of(
                Sample.of("granted", counts.granted()),
                Sample.of("refused", counts.refused()),
                Sample.of("failed", counts.failed()));
    }

    private Collection<Sample> units() {
        LeaseCounts.Snapshot counts = leases.counts();
        return List.of(
                Sample.of("granted", counts.unitsGranted()),
                Sample.of("spent", counts.unitsSpent()),
                Sample.of("returned", counts.unitsReturned()));
    }
}
