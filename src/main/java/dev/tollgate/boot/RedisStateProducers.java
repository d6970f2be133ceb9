package dev.tollgate.boot;

import dev.tollgate.gate.Gate;
import dev.tollgate.ops.metrics.RedisSampler;
import dev.tollgate.redis.batch.BatcherFor;
import dev.tollgate.redis.batch.LatencyRecorder;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.batch.SlidingHistogram.Minute;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.stats.RedisInfo;
import dev.tollgate.redis.stats.RedisInfo.Info;
import dev.tollgate.redis.stats.SlowLog;
import dev.tollgate.rest.admin.RedisState;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** Produces the state of Redis for administrators, from the gate, the batchers and the server itself. */
@ApplicationScoped
public class RedisStateProducers {

    private static final Duration TIMEOUT = Duration.ofMillis(500);

    @Produces
    @Singleton
    RedisState.Source source(
            Gate gate,
            @BatcherFor(BatcherFor.Work.DECISIONS) ScriptBatcher decisions,
            @BatcherFor(BatcherFor.Work.BACKGROUND) ScriptBatcher background,
            RedisKeys keys,
            LatencyRecorder latency,
            RedisSampler sampler) {
        RedisInfo server = new RedisInfo(background, keys, TIMEOUT);
        return () -> {
            Optional<Info> info = server.info();
            Info reported = info.orElseGet(RedisStateProducers::unknown);
            return new RedisState(
                    info.isPresent(),
                    gate.breakerState().name().toLowerCase(Locale.ROOT),
                    gate.timeouts(),
                    reported.version(),
                    reported.usedMemoryBytes(),
                    reported.maxMemoryBytes(),
                    reported.connectedClients(),
                    reported.opsPerSecond(),
                    reported.uptimeSeconds(),
                    lane(decisions),
                    lane(background),
                    NodeStatsProducers.lastMinute(latency),
                    sampler.alarm().isHigh() ? "high" : "normal",
                    sampler.alarm().threshold().toMillis(),
                    sampler.slow().map(RedisStateProducers::commands));
        };
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
