package dev.tollgate.boot;

import dev.tollgate.core.analytics.AccountAnalytics;
import dev.tollgate.core.analytics.Analytics;
import dev.tollgate.core.analytics.ReportCache;
import dev.tollgate.core.analytics.RetryingReports;
import dev.tollgate.core.analytics.UsageReports;
import dev.tollgate.core.analytics.query.AccountUsage;
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

/** Reports of usage. */
@ApplicationScoped
public class AnalyticsProducers {

    /**
     * How long a report waits for Redis before it makes do without. Longer than a decision does: an answer without what is
     * pending goes back behind the one before, which is worth waiting for while Redis may only be slow, or this machine.
     */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    /** As long as a database takes to be restarted, and below what those wait who share another caller's statement. */
    private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(5);

    /** Few of the threads that decisions need, too. */
    private static final int WAITING_FOR_DATABASE = 8;

    private static final int BREAKER_THRESHOLD = 2;
    private static final long BREAKER_SPACING_MILLIS = 100;
    private static final long BREAKER_PAUSE_MILLIS = 100;
    private static final long BREAKER_LONGEST_PAUSE_MILLIS = 2_000;

    private static ReportCache cache(ScriptBatcher batcher, RedisKeys keys) {
        CircuitBreaker breaker = new CircuitBreaker(
                BREAKER_THRESHOLD, BREAKER_SPACING_MILLIS, BREAKER_PAUSE_MILLIS, BREAKER_LONGEST_PAUSE_MILLIS);
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

    /** With a breaker of its own: an account of very many keys may be too slow for what callers' reports are given. */
    @Produces
    @Singleton
    AccountAnalytics accounts(
            AccountUsage database, @BatcherFor(BatcherFor.Work.BACKGROUND) ScriptBatcher batcher, RedisKeys keys) {
        return new AccountAnalytics(database, cache(batcher, keys), Clock.systemUTC());
    }
}
