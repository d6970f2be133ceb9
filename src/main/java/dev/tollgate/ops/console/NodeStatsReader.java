package dev.tollgate.ops.console;

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
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** The reader of this node's numbers, which the console asks for every second. */
@ApplicationScoped
public class NodeStatsReader implements NodeStats.Source {

    @Inject
    private DecisionCounts decisions;

    @Inject
    private Gate gate;

    @Inject
    private LatencyRecorder latency;

    @Inject
    @BatcherFor(BatcherFor.Work.DECISIONS)
    private ScriptBatcher decisionBatcher;

    @Inject
    @BatcherFor(BatcherFor.Work.BACKGROUND)
    private ScriptBatcher backgroundBatcher;

    @Inject
    private UsageRecorder usage;

    @Inject
    private JpaAuditSink audit;

    @Inject
    private SettlementTimer settlement;

    @Inject
    private RedisSampler sampler;

    @Override
    public NodeStats read() {
        long batches = decisionBatcher.batches() + backgroundBatcher.batches();
        Optional<SettlementBacklog.Backlog> backlog = sampler.backlog();
        Optional<RedisInfo.Info> info = sampler.info();
        return new NodeStats(
                Instant.now(),
                decisions.byOutcome(),
                decisions.bansByLevel(),
                GateMetrics.lower(gate.breakerState()),
                decisions.undecidedRequests(),
                lastMinute(latency),
                batches,
                batches,
                decisionBatcher.calls() + backgroundBatcher.calls(),
                usage.recorded(),
                usage.waiting(),
                usage.dropped() + audit.dropped(),
                settlement.stats().requests(),
                settlement.stats().last().toMillis(),
                backlog.map(waits -> OptionalDouble.of(waits.oldest().toMillis() / 1e3))
                        .orElseGet(OptionalDouble::empty),
                backlog.map(waits -> OptionalLong.of(waits.keys())).orElseGet(OptionalLong::empty),
                info.map(RedisInfo.Info::usedMemoryBytes).orElseGet(OptionalLong::empty),
                info.map(RedisInfo.Info::opsPerSecond).orElseGet(OptionalLong::empty));
    }

    /** Returns the round trips of the last minute, by purpose. */
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
