package dev.tollgate.boot;

import dev.tollgate.analytics.AccountAnalytics;
import dev.tollgate.analytics.AccountUsage;
import dev.tollgate.analytics.Analytics;
import dev.tollgate.analytics.ReportCache;
import dev.tollgate.analytics.UsageReports;
import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.gate.Breaker;
import dev.tollgate.gate.ReportBreaker;
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
     * How long a report waits while Redis answers others. Longer than a decision does: an answer without what is pending is
     * worth less than one a moment later.
     */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private static final int BREAKER_THRESHOLD = 3;
    private static final long BREAKER_SPACING_MILLIS = 100;
    private static final long BREAKER_PAUSE_MILLIS = 100;
    private static final long BREAKER_LONGEST_PAUSE_MILLIS = 2_000;

    @Produces
    @Singleton
    ReportCache cache(@Lane(Lane.Kind.WORK) Flights flights, RedisKeys keys, Settings settings) {
        Breaker breaker = new Breaker(
                BREAKER_THRESHOLD, BREAKER_SPACING_MILLIS, BREAKER_PAUSE_MILLIS, BREAKER_LONGEST_PAUSE_MILLIS);
        Duration budget = settings.get(SettingCatalog.REDIS_BUDGET);
        return new ReportBreaker(
                new RedisReports(flights, keys, budget, PATIENCE), breaker, () -> System.nanoTime() / 1_000_000);
    }

    @Produces
    @Singleton
    Analytics analytics(UsageReports database, ReportCache cache) {
        return new Analytics(database, cache, Clock.systemUTC());
    }

    @Produces
    @Singleton
    AccountAnalytics accounts(AccountUsage database, ReportCache cache) {
        return new AccountAnalytics(database, cache, Clock.systemUTC());
    }
}
