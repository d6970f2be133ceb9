package dev.tollgate.boot;

import dev.tollgate.core.usage.UsageRecorder;
import dev.tollgate.gate.DecisionCounts;
import dev.tollgate.gate.Gate;
import dev.tollgate.ops.metrics.GateMetrics;
import dev.tollgate.ops.metrics.RedisSampler;
import dev.tollgate.postgres.audit.JpaAuditSink;
import dev.tollgate.redis.batch.BatcherFor;
import dev.tollgate.redis.batch.LatencyRecorder;
import dev.tollgate.redis.batch.Operation;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.batch.SlidingHistogram.Minute;
import dev.tollgate.redis.stats.RedisInfo;
import dev.tollgate.redis.usage.SettlementBacklog;
import dev.tollgate.rest.admin.NodeStats;
import dev.tollgate.rest.admin.NodeStats.PurposeLatency;
import dev.tollgate.settlement.SettlementTimer;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** What goes on at this node, for whoever looks every second. */
@ApplicationScoped
public class NodeStatsProducers {

    @Inject
    private DecisionCounts decisions;

    @Inject
    private Gate gate;

    @Inject
    private LatencyRecorder latency;

    @Inject
    @BatcherFor(BatcherFor.Work.DECISIONS)
    private ScriptBatcher gateFlights;

    @Inject
    @BatcherFor(BatcherFor.Work.BACKGROUND)
    private ScriptBatcher workFlights;

    @Inject
    private UsageRecorder usage;

    @Inject
    private JpaAuditSink audit;

    @Inject
    private SettlementTimer settlement;

    @Inject
    private RedisSampler sampling;

    @Produces
    @Singleton
    NodeStats.Source watch() {
        return this::look;
    }

    private NodeStats look() {
        Optional<SettlementBacklog.Backlog> backlog = sampling.backlog();
        Optional<RedisInfo.Info> info = sampling.info();
        return new NodeStats(
                Instant.now(),
                decisions.byOutcome(),
                decisions.bansByLevel(),
                GateMetrics.lower(gate.breakerState()),
                gate.timeouts(),
                lastMinute(latency),
                gateFlights.batches() + workFlights.batches(),
                gateFlights.calls() + workFlights.calls(),
                usage.recorded(),
                usage.waiting(),
                usage.dropped() + audit.dropped(),
                settlement.passes().requests(),
                settlement.passes().last().toMillis(),
                backlog.map(waits -> OptionalDouble.of(waits.oldest().toMillis() / 1e3))
                        .orElseGet(OptionalDouble::empty),
                backlog.map(waits -> OptionalLong.of(waits.keys())).orElseGet(OptionalLong::empty),
                info.map(RedisInfo.Info::usedMemoryBytes).orElseGet(OptionalLong::empty),
                info.map(RedisInfo.Info::opsPerSecond).orElseGet(OptionalLong::empty));
    }

    /** The last minute by purpose. */
    static List<PurposeLatency> lastMinute(LatencyRecorder latency) {
        return Arrays.stream(Operation.values())
                .map(operation -> {
                    Minute minute = latency.lastMinute(operation);
                    return new PurposeLatency(
                            operation.label(),
                            minute.roundTrips(),
                            minute.p50Micros(),
                            minute.p99Micros(),
                            minute.maxMicros());
                })
                .toList();
    }
}
