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

/** Metrics of metering, posted usage, the settlement and the ledger. */
@Dependent
public class UsageMetrics {

    /** The codes of refused batches that alerts ask for: there from the start, so that the first one is a rise from 0. */
    private static final List<String> REFUSALS =
            List.of("INSUFFICIENT_SCOPE", "INVALID_EVENTS", "TOO_MANY_CELLS", "TOO_MANY_EVENTS");

    @Inject
    private UsageRecorder recorder;

    @Inject
    private PostedCounts posted;

    @Inject
    private SettlementTimer settlement;

    @Inject
    private LastLedgerReport ledger;

    @Inject
    private RedisSampler sampler;

    void add(Metrics metrics) {
        recorder(metrics);
        posted(metrics);
        settlement(metrics, settlement.stats());
        ledger(metrics);
    }

    private void recorder(Metrics metrics) {
        metrics.counter("tollgate_usage_recorded_total", "Requests metered on this node.", recorder::recorded)
                .counter(
                        "tollgate_usage_flushed_total",
                        "Metered requests that this node has sent to Redis.",
                        recorder::flushed)
                .gauge(
                        "tollgate_usage_waiting",
                        "Metered requests in the memory of this node, not yet in Redis.",
                        recorder::waiting);
    }

    private void posted(Metrics metrics) {
        metrics.counters(
                        "tollgate_posted_events_total",
                        "Usage events posted to this node and accepted, by whether their ID was new.",
                        List.of("result"),
                        () -> List.of(
                                Sample.of("accepted", posted.accepted()), Sample.of("repeated", posted.repeated())))
                .counter(
                        "tollgate_posted_cells_total",
                        "The cost of usage posted to this node, in cells; see tollgate.usage.cells.",
                        posted::cells)
                .counters(
                        "tollgate_posted_refused_total",
                        "Batches of posted usage that this node refused, by the code of the problem.",
                        List.of("code"),
                        () -> MetricsProducers.byLabel(posted.refused(), REFUSALS));
    }

    private void settlement(Metrics metrics, SettlementStats stats) {
        metrics.seconds(
                        "tollgate_settlement_seconds",
                        "Durations of this node's settlements, including failed ones.",
                        stats::durations)
                .counter("tollgate_settlement_failures_total", "Settlements of this node that failed.", stats::failures)
                .gauge(
                        "tollgate_settlement_failing",
                        "1 if this node's last settlement failed, and none has reached PostgreSQL since.",
                        () -> settlement.isFailing() ? 1 : 0)
                .counter(
                        "tollgate_settlement_locked_out_total",
                        "Settlements of this node that ended at once because another node was settling.",
                        stats::lockedOut)
                .counter(
                        "tollgate_settled_keys_total",
                        "Keys settled by this node, counted once per settlement.",
                        stats::keys)
                .counter("tollgate_settled_requests_total", "Requests settled by this node.", stats::requests)
                .counter("tollgate_set_aside_keys_total", "Keys whose usage this node quarantined.", stats::setAside)
                .counter(
                        "tollgate_repeated_claims_total",
                        "Claims of an interrupted settlement that had already been applied.",
                        stats::repeated)
                .gauge(
                        "tollgate_settlement_age_seconds",
                        "Time since the end of this node's last successful settlement.",
                        () -> stats.secondsSince(System.nanoTime()))
                .gauge(
                        "tollgate_settlement_lag_seconds",
                        "Age of the oldest unsettled usage in Redis, over all nodes.",
                        () -> sampler.backlog()
                                .map(backlog -> backlog.oldest().toMillis() / 1e3)
                                .orElse(Double.NaN))
                .gauge(
                        "tollgate_unsettled_keys",
                        "API keys with unsettled usage in Redis, over all nodes.",
                        () -> sampler.backlog()
                                .map(backlog -> (double) backlog.keys())
                                .orElse(Double.NaN));
    }

    private void ledger(Metrics metrics) {
        metrics.gauge(
                        "tollgate_ledger_recorded_requests",
                        "Requests recorded so far, by the ledgers in Redis.",
                        () -> last(report -> report.recorded().doubleValue()))
                .gauge(
                        "tollgate_ledger_settled_requests",
                        "Requests settled in PostgreSQL so far.",
                        () -> last(report -> report.settled().doubleValue()))
                .gauge(
                        "tollgate_ledger_pending_requests",
                        "Requests recorded in Redis and not yet settled.",
                        () -> last(report -> report.pending().doubleValue()))
                .gauge(
                        "tollgate_ledger_set_aside_requests",
                        "Requests that could not be settled and were quarantined.",
                        () -> last(report -> report.setAside().doubleValue()))
                .gauges(
                        "tollgate_set_aside_lately",
                        "Claims quarantined within the last hour and still there, over all nodes: of deleted keys, and of others.",
                        List.of("of"),
                        () -> List.of(
                                Sample.of(
                                        "deleted",
                                        last(report -> report.setAsideLately().ofDeletedKeys())),
                                Sample.of(
                                        "others",
                                        last(report -> report.setAsideLately().ofOthers()))))
                .gauge(
                        "tollgate_ledger_balanced",
                        "1 if recorded = settled + pending + quarantined, in total and for every key that was checked.",
                        () -> last(report -> report.isBalanced() ? 1 : 0))
                .gauge(
                        "tollgate_ledger_mismatches",
                        "Mismatches between recorded and settled requests of a key, found by settlements of any node.",
                        () -> last(LastLedgerReport::mismatches));
    }

    private double last(ToDoubleFunction<LastLedgerReport> number) {
        return ledger.isKnown() ? number.applyAsDouble(ledger) : Double.NaN;
    }
}
