package dev.tollgate.boot;

import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.gate.Gate;
import dev.tollgate.redis.batch.BatcherFor;
import dev.tollgate.redis.batch.LatencyRecorder;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.batch.ScriptBatchers;
import dev.tollgate.redis.connection.ConnectionInitializer;
import dev.tollgate.redis.connection.ConnectionTracker;
import dev.tollgate.redis.connection.RedisConnection;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.decision.RepairLog;
import dev.tollgate.redis.seal.Sealing;
import dev.tollgate.redis.sync.RedisKeyCache;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.redisson.api.RedissonClient;

/** Produces the settings, the connection to Redis and the two batchers. */
@ApplicationScoped
public class RedisProducers {

    @Resource
    private ManagedScheduledExecutorService executor;

    @Produces
    @Singleton
    Settings settings() {
        return Settings.load();
    }

    @Produces
    @Singleton
    ConnectionTracker connections() {
        return new ConnectionTracker();
    }

    @Produces
    @Singleton
    LatencyRecorder latency() {
        return new LatencyRecorder();
    }

    @Produces
    @Singleton
    RedissonClient redisson(Settings settings, ConnectionTracker connections) {
        return RedisConnection.open(settings, connections);
    }

    void close(@Disposes RedissonClient redisson) {
        redisson.shutdown();
    }

    @Produces
    @Singleton
    ConnectionInitializer contact(RedissonClient redisson, RedisKeys keys) {
        ConnectionInitializer connection = new ConnectionInitializer(redisson, keys, executor);
        connection.connect();
        return connection;
    }

    @Produces
    @Singleton
    RedisKeys keys(Settings settings) {
        return new RedisKeys(settings.get(SettingCatalog.REDIS_PREFIX));
    }

    @Produces
    @Singleton
    @BatcherFor(BatcherFor.Work.DECISIONS)
    ScriptBatcher decisionBatcher(
            RedissonClient redisson, ConnectionInitializer connection, Settings settings, LatencyRecorder latency) {
        return ScriptBatchers.decisions(
                redisson, Gate.queueTimeout(settings.get(SettingCatalog.REDIS_BUDGET)), connection, latency);
    }

    @Produces
    @Singleton
    @BatcherFor(BatcherFor.Work.BACKGROUND)
    ScriptBatcher backgroundBatcher(
            RedissonClient redisson, ConnectionInitializer connection, LatencyRecorder latency) {
        return ScriptBatchers.background(redisson, connection, latency);
    }

    @Produces
    @Singleton
    RedisKeyCache keyCache(
            RedissonClient redisson,
            RedisKeys keys,
            Sealing sealing,
            ConnectionInitializer connection,
            LatencyRecorder latency) {
        return new RedisKeyCache(redisson, keys, sealing, connection, latency);
    }

    /** Without a secret in the settings, {@link Migration} sets the one that PostgreSQL keeps. */
    @Produces
    @Singleton
    Sealing sealing(Settings settings) {
        return Sealing.of(settings, System::currentTimeMillis);
    }

    @Produces
    @Singleton
    RepairLog repairs() {
        return new RepairLog(System::currentTimeMillis);
    }
}
