package dev.tollgate.boot;

import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.redis.Flights;
import dev.tollgate.redis.RedisKeys;
import dev.tollgate.redis.RedisPendingUsage;
import dev.tollgate.usage.PendingUsage;
import dev.tollgate.usage.UsageRecorder;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.UUID;

/** Metering: from the request to pending usage in Redis. */
@ApplicationScoped
public class UsageWiring {

    @Resource
    private ManagedThreadFactory threads;

    @Produces
    @Singleton
    PendingUsage pending(@Lane(Lane.Kind.WORK) Flights flights, RedisKeys keys, Settings settings) {
        return new RedisPendingUsage(
                flights, keys, settings.get(SettingCatalog.REDIS_URL).size() > 1);
    }

    @Produces
    @Singleton
    UsageRecorder recorder(PendingUsage pending, Settings settings) {
        return new UsageRecorder(
                pending,
                UUID.randomUUID().toString(),
                settings.get(SettingCatalog.USAGE_FLUSH),
                settings.get(SettingCatalog.USAGE_BUFFER),
                System::currentTimeMillis,
                threads);
    }

    void close(@Disposes UsageRecorder recorder) {
        recorder.close();
    }
}
