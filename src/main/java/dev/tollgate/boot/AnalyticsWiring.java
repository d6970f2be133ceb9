package dev.tollgate.boot;

import dev.tollgate.analytics.AccountAnalytics;
import dev.tollgate.analytics.AccountUsage;
import dev.tollgate.analytics.Analytics;
import dev.tollgate.analytics.UsageReports;
import dev.tollgate.redis.Flights;
import dev.tollgate.redis.RedisKeys;
import dev.tollgate.redis.RedisReports;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;

/** Reports of usage. */
@ApplicationScoped
public class AnalyticsWiring {

    /**
     * How long a report waits for Redis before it makes do without. Longer than a decision does: an answer without what is
     * pending is worth less than one a moment later.
     */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    @Produces
    @Singleton
    Analytics analytics(UsageReports database, @Lane(Lane.Kind.WORK) Flights flights, RedisKeys keys) {
        return new Analytics(database, new RedisReports(flights, keys, PATIENCE), Clock.systemUTC());
    }

    @Produces
    @Singleton
    AccountAnalytics accounts(AccountUsage database, @Lane(Lane.Kind.WORK) Flights flights, RedisKeys keys) {
        return new AccountAnalytics(database, new RedisReports(flights, keys, PATIENCE), Clock.systemUTC());
    }
}
