package dev.tollgate.ops.metrics;

import dev.tollgate.core.stats.Histogram;
import dev.tollgate.ops.metrics.Metrics.Sample;
import dev.tollgate.redis.batch.BatcherFor;
import dev.tollgate.redis.batch.LatencyRecorder;
import dev.tollgate.redis.batch.Operation;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.ConnectionTracker;
import dev.tollgate.redis.decision.RepairLog;
import dev.tollgate.redis.seal.Sealing;
import dev.tollgate.redis.stats.RedisInfo;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * Metrics of Redis, of the connections to it, and of the two batchers. The label {@code lane} is {@code gate} for decisions and
 * {@code work} for background calls.
 */
@Dependent
public class RedisMetrics {

    private static final List<String> BY_LANE = List.of("lane");

    @Inject
    @BatcherFor(BatcherFor.Work.DECISIONS)
    private ScriptBatcher decisions;

    @Inject
    @BatcherFor(BatcherFor.Work.BACKGROUND)
    private ScriptBatcher background;

    @Inject
    private LatencyRecorder latency;

    @Inject
    private ConnectionTracker connections;

    @Inject
    private RedisSampler sampler;

    @Inject
    private Sealing sealing;

    @Inject
    private RepairLog repairs;

    void add(Metrics metrics) {
        metrics.seconds(
                        "tollgate_redis_round_trip_seconds",
                        "Round trips to Redis, by the purpose of their calls. Time in this node's queue does not count.",
                        List.of("purpose"),
                        this::roundTrips)
                .sizes(
                        "tollgate_redis_batch_calls",
                        "Script calls per batch sent to Redis.",
                        BY_LANE,
                        () -> Map.of(List.of("gate"), decisions.sizes(), List.of("work"), background.sizes()))
                .gauges(
                        "tollgate_redis_calls_waiting",
                        "Script calls queued for a batch.",
                        BY_LANE,
                        () -> lanes(ScriptBatcher::queued))
                .gauges(
                        "tollgate_redis_batches",
                        "Batches sent to Redis that have no reply yet.",
                        BY_LANE,
                        () -> lanes(ScriptBatcher::inFlight))
                .gauge("tollgate_redis_connections", "Connections of this node to Redis.", connections::open)
                .counter(
                        "tollgate_redis_connections_opened_total",
                        "Connections to Redis that this node has opened or tried to open.",
                        connections::opened)
                .counters(
                        "tollgate_redis_refused_total",
                        "Values and messages from Redis without a valid seal, which were ignored, by purpose and reason.",
                        List.of("matter", "reason"),
                        this::refused)
                .counters(
                        "tollgate_redis_repaired_total",
                        "Values of callers in Redis that could not be read and were deleted, by kind.",
                        List.of("part"),
                        () -> MetricsProducers.byLabel(repairs.counts()))
                .gauge(
                        "tollgate_redis_up",
                        "1 if Redis replied to the last check.",
                        () -> sampler.info().isPresent() ? 1 : 0)
                .gauge(
                        "tollgate_redis_memory_used_bytes",
                        "Memory Redis uses, by INFO.",
                        () -> info(RedisInfo.Info::usedMemoryBytes))
                .gauge(
                        "tollgate_redis_memory_max_bytes",
                        "Redis's maxmemory, by INFO; 0 for no bound.",
                        () -> info(RedisInfo.Info::maxMemoryBytes))
                .gauge(
                        "tollgate_redis_clients",
                        "Connections to Redis by all clients, by INFO.",
                        () -> info(RedisInfo.Info::connectedClients))
                .gauge(
                        "tollgate_redis_commands_per_second",
                        "Commands per second of Redis at present, by INFO.",
                        () -> info(RedisInfo.Info::opsPerSecond))
                .gauge(
                        "tollgate_redis_latency_high",
                        "1 while 1 in 100 decisions waits longer for Redis than tollgate.redis.latency-threshold.",
                        () -> sampler.alarm().isHigh() ? 1 : 0)
                .counters(
                        "tollgate_redis_slow_commands_total",
                        "Slow commands since the start of Redis, by SLOWLOG. Missing if an ACL forbids it.",
                        List.of(),
                        this::slowCommands)
                .gauge(
                        "tollgate_redis_uptime_seconds",
                        "Time since the start of Redis, by INFO.",
                        () -> info(RedisInfo.Info::uptimeSeconds));
    }

    private Collection<Sample> refused() {
        return sealing.refused().entrySet().stream()
                .map(entry -> new Sample(entry.getKey(), entry.getValue()))
                .toList();
    }

    private Map<List<String>, Histogram.Snapshot> roundTrips() {
        Map<List<String>, Histogram.Snapshot> snapshots = new HashMap<>();
        for (Operation operation : Operation.values()) {
            snapshots.put(List.of(operation.label()), latency.total(operation));
        }
        return snapshots;
    }

    private Collection<Sample> lanes(ToLongFunction<ScriptBatcher> number) {
        return List.of(
                Sample.of("gate", number.applyAsLong(decisions)), Sample.of("work", number.applyAsLong(background)));
    }

    private Collection<Sample> slowCommands() {
        return sampler.slow()
                .map(slow -> List.of(
                        new Sample(List.of(), slow.isEmpty() ? 0 : slow.get(0).id() + 1)))
                .orElseGet(List::of);
    }

    private double info(Function<RedisInfo.Info, OptionalLong> part) {
        OptionalLong number = sampler.info().map(part).orElse(OptionalLong.empty());
        return number.isPresent() ? number.getAsLong() : Double.NaN;
    }
}
