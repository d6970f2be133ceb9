package dev.tollgate.ops.console;

import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.gate.DecisionCounts;
import dev.tollgate.gate.Gate;
import dev.tollgate.gate.GateResult;
import dev.tollgate.gate.lease.LeaseCounts;
import dev.tollgate.gate.lease.Leases;
import dev.tollgate.ops.metrics.RedisSampler;
import dev.tollgate.redis.batch.BatcherFor;
import dev.tollgate.redis.batch.LatencyRecorder;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.batch.SlidingHistogram.Minute;
import dev.tollgate.redis.connection.MissingRights;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.stats.RedisInfo;
import dev.tollgate.redis.stats.RedisInfo.Info;
import dev.tollgate.redis.stats.SlowLog;
import dev.tollgate.rest.admin.RedisState;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** The reader of the state of Redis for administrators, from the gate, the batchers and the server itself. */
@ApplicationScoped
public class RedisStateReader implements RedisState.Source {

    private static final Duration TIMEOUT = Duration.ofMillis(500);

    @Inject
    private Gate gate;

    @Inject
    @BatcherFor(BatcherFor.Work.DECISIONS)
    private ScriptBatcher decisions;

    @Inject
    @BatcherFor(BatcherFor.Work.BACKGROUND)
    private ScriptBatcher background;

    @Inject
    private RedisKeys keys;

    @Inject
    private LatencyRecorder latency;

    @Inject
    private RedisSampler sampler;

    @Inject
    private MissingRights rights;

    @Inject
    private Leases leases;

    @Inject
    private DecisionCounts decided;

    @Inject
    private Settings settings;

    @Override
    public RedisState read() {
        Optional<Info> info = new RedisInfo(background, keys, TIMEOUT).info();
        Info reported = info.orElseGet(RedisStateReader::unknown);
        return new RedisState(
                info.isPresent(),
                gate.breakerState().name().toLowerCase(Locale.ROOT),
                decided.undecidedRequests(),
                reported.version(),
                reported.usedMemoryBytes(),
                reported.maxMemoryBytes(),
                reported.connectedClients(),
                reported.opsPerSecond(),
                reported.uptimeSeconds(),
                lane(decisions),
                lane(background),
                NodeStatsReader.lastMinute(latency),
                sampler.alarm().isHigh() ? "high" : "normal",
                sampler.alarm().threshold().toMillis(),
                sampler.slow().map(RedisStateReader::commands),
                rights.all(),
                leases());
    }

    private RedisState.Leases leases() {
        LeaseCounts.Snapshot counts = leases.counts();
        return new RedisState.Leases(
                settings.get(SettingCatalog.LEASE_LENGTH).toMillis(),
                leases.size(),
                leases.unitsHeld(),
                counts.granted(),
                counts.unitsGranted(),
                counts.unitsSpent(),
                counts.unitsReturned(),
                counts.refused(),
                counts.failed(),
                counts.calls(),
                decided.bySource(GateResult.Source.LEASE));
    }

    private static List<RedisState.SlowCommand> commands(List<SlowLog.Entry> slow) {
        return slow.stream()
                .map(entry -> new RedisState.SlowCommand(entry.at(), entry.micros(), entry.command()))
                .toList();
    }

    private static RedisState.Lane lane(ScriptBatcher batcher) {
        Minute minute = batcher.lastMinute();
        long batches = batcher.batches();
        return new RedisState.Lane(
                batches,
                batches,
                batcher.calls(),
                minute.roundTrips(),
                minute.p50Micros(),
                minute.p99Micros(),
                minute.maxMicros(),
                batcher.histogram().stream()
                        .map(bucket -> new RedisState.Bucket(bucket.upToMicros(), bucket.roundTrips()))
                        .toList(),
                batcher.slowest().stream()
                        .map(batch -> new RedisState.SlowBatch(
                                Instant.ofEpochMilli(batch.atMillis()),
                                batch.micros(),
                                batch.calls(),
                                batch.script(),
                                batch.failure()))
                        .toList());
    }

    private static Info unknown() {
        OptionalLong none = OptionalLong.empty();
        return new Info(Optional.empty(), Optional.empty(), none, none, none, none, none);
    }
}
