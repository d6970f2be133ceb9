package dev.tollgate.boot;

import dev.tollgate.core.analytics.AccountAnalytics;
import dev.tollgate.core.analytics.Analytics;
import dev.tollgate.core.analytics.ReportCache;
import dev.tollgate.core.analytics.RetryingReports;
import dev.tollgate.core.analytics.UsageReports;
import dev.tollgate.core.analytics.query.AccountUsageSource;
import dev.tollgate.gate.CircuitBreaker;
import dev.tollgate.gate.CircuitBreakingReportCache;
import dev.tollgate.redis.batch.BatcherFor;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.usage.RedisReportCache;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;

/** Produces the reports of usage, with their caches and circuit breakers. */
@ApplicationScoped
public class AnalyticsProducers {

    /**
     * The longest time a report waits for Redis before it leaves out pending usage. It is longer than for a decision: without
     * pending usage, a report shows less than the one before, which is worth a wait while Redis may only be slow.
     */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    /** The time a database takes to restart. It is shorter than the wait of callers that share another caller's statement. */
    private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(5);

    /** Reports at a time at most: few of the threads that decisions need too. */
    private static final int WAITING_FOR_DATABASE = 8;

    private static final int BREAKER_THRESHOLD = 2;
    private static final long BREAKER_SPACING_MILLIS = 100;
    private static final long BREAKER_PAUSE_MILLIS = 100;
    private static final long BREAKER_MAX_PAUSE_MILLIS = 2_000;

    private static ReportCache cache(ScriptBatcher batcher, RedisKeys keys) {
        CircuitBreaker breaker = new CircuitBreaker(
                BREAKER_THRESHOLD, BREAKER_SPACING_MILLIS, BREAKER_PAUSE_MILLIS, BREAKER_MAX_PAUSE_MILLIS);
        return new CircuitBreakingReportCache(
                new RedisReportCache(batcher, keys, PATIENCE), breaker, () -> System.nanoTime() / 1_000_000);
    }

    @Produces
    @Singleton
    Analytics analytics(
            UsageReports database, @BatcherFor(BatcherFor.Work.BACKGROUND) ScriptBatcher batcher, RedisKeys keys) {
        UsageReports patient = new RetryingReports(database, DATABASE_PATIENCE, WAITING_FOR_DATABASE, System::nanoTime);
        return new Analytics(patient, cache(batcher, keys), Clock.systemUTC());
    }

    /** With a circuit breaker of its own, since an account with very many keys may exceed the time of other reports. */
    @Produces
    @Singleton
    AccountAnalytics accounts(
            AccountUsageSource database,
            @BatcherFor(BatcherFor.Work.BACKGROUND) ScriptBatcher batcher,
            RedisKeys keys) {
        return new AccountAnalytics(database, cache(batcher, keys), Clock.systemUTC());
    }
}
