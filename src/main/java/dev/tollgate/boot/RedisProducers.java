package dev.tollgate.boot;

import dev.tollgate.assembly.RedisAssembly;
import dev.tollgate.config.Settings;
import dev.tollgate.ops.BackgroundWork;
import dev.tollgate.redis.batch.BatcherFor;
import dev.tollgate.redis.batch.LatencyRecorder;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.ConnectionTracker;
import dev.tollgate.redis.connection.MissingRights;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.seal.Sealing;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import org.redisson.api.RedissonClient;

/** Produces the settings, the way to Redis and its parts. */
@ApplicationScoped
public class RedisProducers {

    private static final Duration CLOSE_WAIT = Duration.ofSeconds(10);

    @Inject
    @BackgroundWork
    private ScheduledExecutorService executor;

    @Produces
    @Singleton
    Settings settings() {
        return Settings.load();
    }

    /** Without a secret for seals in the settings, {@link Migration} sets the one that PostgreSQL keeps. */
    @Produces
    @Singleton
    RedisAssembly redis(Settings settings) {
        return new RedisAssembly(settings, Sealing.of(settings, System::currentTimeMillis), executor, config -> {});
    }

    void close(@Disposes RedisAssembly redis) {
        redis.close(CLOSE_WAIT);
    }

    @Produces
    @Singleton
    ConnectionTracker connections(RedisAssembly redis) {
        return redis.connections();
    }

    @Produces
    @Singleton
    LatencyRecorder latency(RedisAssembly redis) {
        return redis.latency();
    }

    @Produces
    @Singleton
    RedissonClient redisson(RedisAssembly redis) {
        return redis.client();
    }

    @Produces
    @Singleton
    RedisKeys keys(RedisAssembly redis) {
        return redis.keys();
    }

    @Produces
    @Singleton
    MissingRights rights(RedisAssembly redis) {
        return redis.rights();
    }

    @Produces
    @Singleton
    Sealing sealing(RedisAssembly redis) {
        return redis.sealing();
    }

    @Produces
    @Singleton
    @BatcherFor(BatcherFor.Work.DECISIONS)
    ScriptBatcher decisionBatcher(RedisAssembly redis) {
        return redis.decisions();
    }

    @Produces
    @Singleton
    @BatcherFor(BatcherFor.Work.BACKGROUND)
    ScriptBatcher backgroundBatcher(RedisAssembly redis) {
        return redis.background();
    }
}
