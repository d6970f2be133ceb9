package dev.tollgate.boot;

import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.gate.Gate;
import dev.tollgate.redis.Connections;
import dev.tollgate.redis.FirstContact;
import dev.tollgate.redis.Flights;
import dev.tollgate.redis.Latency;
import dev.tollgate.redis.RedisConnection;
import dev.tollgate.redis.RedisKeyCache;
import dev.tollgate.redis.RedisKeys;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.redisson.api.RedissonClient;

/** Settings, the connection to Redis and the two lanes of flights. */
@ApplicationScoped
public class RedisWiring {

    private static final int GATE_SLOTS = 2;
    private static final int GATE_SEATS = 128;
    private static final int GATE_LINE = 10_000;
    private static final int WORK_SLOTS = 2;
    private static final int WORK_SEATS = 512;
    private static final int WORK_LINE = 50_000;
    private static final Duration WORK_PATIENCE = Duration.ofSeconds(2);

    @Resource
    private ManagedScheduledExecutorService executor;

    @Produces
    @Singleton
    Settings settings() {
        return Settings.load();
    }

    @Produces
    @Singleton
    Connections connections() {
        return new Connections();
    }

    @Produces
    @Singleton
    Latency latency() {
        return new Latency();
    }

    @Produces
    @Singleton
    RedissonClient redisson(Settings settings, Connections connections) {
        return RedisConnection.open(settings, connections);
    }

    void close(@Disposes RedissonClient redisson) {
        redisson.shutdown();
    }

    @Produces
    @Singleton
    FirstContact contact(RedissonClient redisson, RedisKeys keys) {
        FirstContact contact = new FirstContact(redisson, keys, executor);
        contact.seek();
        return contact;
    }

    @Produces
    @Singleton
    RedisKeys keys(Settings settings) {
        return new RedisKeys(settings.get(SettingCatalog.REDIS_PREFIX));
    }

    @Produces
    @Singleton
    @Lane(Lane.Kind.GATE)
    Flights gateFlights(RedissonClient redisson, FirstContact contact, Settings settings, Latency latency) {
        // Callers give up by themselves as soon as Redis is silent for the budget; a flight is given up with the last
        // of them.
        Duration patience = settings.get(SettingCatalog.REDIS_BUDGET).multipliedBy(Gate.PATIENCE);
        return new Flights(redisson, GATE_SLOTS, GATE_SEATS, GATE_LINE, patience, patience, contact, latency);
    }

    @Produces
    @Singleton
    @Lane(Lane.Kind.WORK)
    Flights workFlights(RedissonClient redisson, FirstContact contact, Latency latency) {
        return new Flights(redisson, WORK_SLOTS, WORK_SEATS, WORK_LINE, WORK_PATIENCE, WORK_PATIENCE, contact, latency);
    }

    @Produces
    @Singleton
    RedisKeyCache keyCache(RedissonClient redisson, RedisKeys keys, FirstContact contact, Latency latency) {
        return new RedisKeyCache(redisson, keys, contact, latency);
    }
}
