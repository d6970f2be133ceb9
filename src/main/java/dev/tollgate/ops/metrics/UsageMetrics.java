package dev.tollgate.ops.metrics;

import dev.tollgate.core.ledger.LastLedgerReport;
import dev.tollgate.core.usage.PostedCounts;
import dev.tollgate.core.usage.UsageRecorder;
import dev.tollgate.ops.metrics.Metrics.Sample;
import dev.tollgate.settlement.SettlementStats;
import dev.tollgate.settlement.SettlementTimer;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** What is counted of metering, settlement and the ledger. */
@Dependent
public class UsageMetrics {

    @Inject
    private UsageRecorder recorder;

    @Inject
    private PostedCounts posted;

    @Inject
    private SettlementTimer settlement;

    @Inject
    private LastLedgerReport ledger;

    @Inject
    private RedisSampler sampling;

    void add(Metrics metrics) {
        recorder(metrics);
        posted(metrics);
        settlement(metrics, settlement.passes());
        ledger(metrics);
    }

    private void recorder(Metrics metrics) {
        metrics.counter("tollgate_usage_recorded_total", "Requests metered on this node.", recorder::recorded)
                .counter(
                        "tollgate_usage_flushed_total",
                        "Metered requests this node brought to Redis.",
                        recorder::flushed)
                .gauge(
                        "tollgate_usage_waiting",
                        "Metered requests that wait in this node's memory.",
                        recorder::waiting);
    }

    private void posted(Metrics metrics) {
        metrics.counters(
                        "tollgate_posted_events_total",
                        "Usage events posted to this node and taken, by whether their id was new.",
                        List.of("result"),
                        () -> List.of(
                                Sample.of("accepted", posted.accepted()), Sample.of("repeated", posted.repeated())))
                .counter(
                        "tollgate_posted_cells_total",
                        "What the batches of usage this node took cost, in cells; see tollgate.usage.cells.",
                        posted::cells)
                .counters(
                        "tollgate_posted_refused_total",
                        "Batches of usage this node refused, by the problem's code.",
                        List.of("code"),
                        () -> MetricsProducers.byLabel(posted.refused()));
    }

    private void settlement(Metrics metrics, SettlementStats stats) {
        metrics.seconds(
                        "tollgate_settlement_seconds",
                        "How long this node's settlements took, those that failed among them.",
                        stats::durations)
                .counter("tollgate_settlement_failures_total", "Settlements of this node that failed.", stats::failures)
                .counter(
                        "tollgate_settlement_locked_out_total",
                        "Settlements of this node that another node's kept out.",
                        stats::lockedOut)
                .counter("tollgate_settled_keys_total", "Keys this node settled, once per settlement.", stats::keys)
                .counter("tollgate_settled_requests_total", "Requests this node settled.", stats::requests)
                .counter("tollgate_set_aside_keys_total", "Keys whose usage this node set aside.", stats::setAside)
                .counter(
                        "tollgate_repeated_claims_total",
                        "Claims of a settlement cut short that were found applied.",
                        stats::repeated)
                .gauge(
                        "tollgate_settlement_age_seconds",
                        "How long ago this node's last settlement ended that did not fail.",
                        () -> stats.secondsSince(System.nanoTime()))
                .gauge(
                        "tollgate_settlement_lag_seconds",
                        "How long the usage that waits longest has waited in Redis, on all nodes together.",
                        () -> sampling.backlog()
                                .map(backlog -> backlog.oldest().toMillis() / 1e3)
                                .orElse(Double.NaN))
                .gauge(
                        "tollgate_unsettled_keys",
                        "API keys with usage that waits in Redis, on all nodes together.",
                        () -> sampling.backlog()
                                .map(backlog -> (double) backlog.keys())
                                .orElse(Double.NaN));
    }

    private void ledger(Metrics metrics) {
        metrics.gauge(
                        "tollgate_ledger_recorded_requests",
                        "Requests ever recorded, by Redis's ledgers.",
                        () -> look(report -> report.recorded().doubleValue()))
                .gauge(
                        "tollgate_ledger_settled_requests",
                        "Requests ever settled in PostgreSQL.",
                        () -> look(report -> report.settled().doubleValue()))
                .gauge(
                        "tollgate_ledger_pending_requests",
                        "Requests recorded in Redis and not settled yet.",
                        () -> look(report -> report.pending().doubleValue()))
                .gauge(
                        "tollgate_ledger_set_aside_requests",
                        "Requests that could not be settled and were set aside.",
                        () -> look(report -> report.setAside().doubleValue()))
                .gauges(
                        "tollgate_set_aside_lately",
                        "Claims set aside within the last hour and still there, on all nodes together: of deleted keys, and of"
                                + " keys that are there.",
                        List.of("of"),
                        () -> List.of(
                                Sample.of(
                                        "deleted",
                                        look(seen -> seen.setAsideLately().ofDeletedKeys())),
                                Sample.of(
                                        "others",
                                        look(seen -> seen.setAsideLately().ofOthers()))))
                .gauge(
                        "tollgate_ledger_balanced",
                        "1 if recorded = settled + pending + set aside, in all and for every key looked at.",
                        () -> look(report -> report.isBalanced() ? 1 : 0))
                .gauge(
                        "tollgate_ledger_mismatches",
                        "How often a settlement of any node ever found a key's books unbalanced.",
                        () -> look(LastLedgerReport::mismatches));
    }

    private double look(ToDoubleFunction<LastLedgerReport> number) {
        return ledger.isKnown() ? number.applyAsDouble(ledger) : Double.NaN;
    }
}
