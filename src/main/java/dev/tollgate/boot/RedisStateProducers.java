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

/** How Redis is, for administrators: brought together from the gate, the flights and the server itself. */
@ApplicationScoped
public class RedisStateProducers {

    private static final Duration PATIENCE = Duration.ofMillis(500);

    @Produces
    @Singleton
    RedisState.Watch watch(
            Gate gate,
            @BatcherFor(BatcherFor.Work.DECISIONS) ScriptBatcher decisions,
            @BatcherFor(BatcherFor.Work.BACKGROUND) ScriptBatcher work,
            RedisKeys keys,
            LatencyRecorder latency,
            RedisSampler sampling) {
        RedisInfo server = new RedisInfo(work, keys, PATIENCE);
        return () -> {
            Optional<Info> info = server.info();
            Info said = info.orElseGet(RedisStateProducers::silence);
            return new RedisState(
                    info.isPresent(),
                    gate.breakerState().name().toLowerCase(Locale.ROOT),
                    gate.timeouts(),
                    said.version(),
                    said.usedMemoryBytes(),
                    said.maxMemoryBytes(),
                    said.connectedClients(),
                    said.opsPerSecond(),
                    said.uptimeSeconds(),
                    lane(decisions),
                    lane(work),
                    NodeStatsProducers.lastMinute(latency),
                    sampling.alarm().isHigh() ? "high" : "normal",
                    sampling.alarm().threshold().toMillis(),
                    sampling.slow().map(RedisStateProducers::commands));
        };
    }

    private static List<RedisState.SlowCommand> commands(List<SlowLog.Entry> slow) {
        return slow.stream()
                .map(entry -> new RedisState.SlowCommand(entry.at(), entry.micros(), entry.command()))
                .toList();
    }

    private static RedisState.Lane lane(ScriptBatcher batcher) {
        Minute minute = batcher.lastMinute();
        return new RedisState.Lane(
                batcher.batches(),
                batcher.calls(),
                minute.roundTrips(),
                minute.p50Micros(),
                minute.p99Micros(),
                minute.maxMicros(),
                batcher.histogram().stream()
                        .map(bucket -> new RedisState.Bucket(bucket.upToMicros(), bucket.roundTrips()))
                        .toList(),
                batcher.slowest().stream()
                        .map(trip -> new RedisState.SlowFlight(
                                Instant.ofEpochMilli(trip.atMillis()),
                                trip.micros(),
                                trip.calls(),
                                trip.script(),
                                trip.failure()))
                        .toList());
    }

    private static Info silence() {
        OptionalLong unknown = OptionalLong.empty();
        return new Info(Optional.empty(), Optional.empty(), unknown, unknown, unknown, unknown, unknown);
    }
}
