package dev.tollgate.ops.metrics;

import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.core.async.SafeTask;
import dev.tollgate.core.audit.AuditSink;
import dev.tollgate.ops.BackgroundWork;
import dev.tollgate.redis.batch.BatcherFor;
import dev.tollgate.redis.batch.LatencyMonitor;
import dev.tollgate.redis.batch.LatencyRecorder;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.stats.RedisInfo;
import dev.tollgate.redis.stats.ServerRelease;
import dev.tollgate.redis.stats.SlowLog;
import dev.tollgate.redis.usage.SettlementBacklog;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Startup;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A sampler of Redis, which reads its state every five seconds. Metrics, the console and JMX show its last values without a
 * call.
 */
@ApplicationScoped
public class RedisSampler {

    private static final Logger LOG = System.getLogger(RedisSampler.class.getName());
    private static final Duration TIMEOUT = Duration.ofMillis(500);
    private static final int PERIOD_SECONDS = 5;
    private static final int SLOW_LOG_SECONDS = 30;

    @Inject
    @BackgroundWork
    private ScheduledExecutorService executor;

    @Inject
    @BatcherFor(BatcherFor.Work.BACKGROUND)
    private ScriptBatcher batcher;

    @Inject
    private RedisKeys keys;

    @Inject
    private LatencyRecorder latency;

    @Inject
    private AuditSink audit;

    @Inject
    private Settings settings;

    private RedisInfo server;
    private @Nullable ServerRelease lastRelease;
    private SettlementBacklog backlogReader;
    private SlowLog slowLog;
    private LatencyMonitor alarm;
    private List<ScheduledFuture<?>> tasks = List.of();
    private volatile Optional<RedisInfo.Info> info = Optional.empty();
    private volatile Optional<SettlementBacklog.Backlog> backlog = Optional.empty();
    private volatile Optional<List<SlowLog.Entry>> slow = Optional.empty();

    void start(@Observes Startup event) {
        // Observing the event creates this bean at the start.
    }

    @PostConstruct
    void begin() {
        server = new RedisInfo(batcher, keys, TIMEOUT);
        backlogReader = new SettlementBacklog(batcher, keys, TIMEOUT);
        slowLog = new SlowLog(batcher, keys, TIMEOUT);
        alarm = new LatencyMonitor(
                latency, settings.get(SettingCatalog.REDIS_LATENCY_THRESHOLD), audit, System::currentTimeMillis);
        tasks = List.of(
                executor.scheduleWithFixedDelay(
                        SafeTask.of(() -> alarm.check(System.nanoTime())), 1, 1, TimeUnit.SECONDS),
                executor.scheduleWithFixedDelay(SafeTask.of(this::sample), 1, PERIOD_SECONDS, TimeUnit.SECONDS),
                executor.scheduleWithFixedDelay(
                        SafeTask.of(() -> slow = slowLog.read()),
                        SLOW_LOG_SECONDS,
                        SLOW_LOG_SECONDS,
                        TimeUnit.SECONDS));
    }

    @PreDestroy
    void end() {
        tasks.forEach(task -> task.cancel(false));
    }

    private void sample() {
        info = server.info();
        info.flatMap(RedisInfo.Info::release).ifPresent(this::warnOfOldRelease);
        backlog = backlogReader.read();
    }

    /**
     * Warns of a vulnerable release, once each time the release changes: Redis may be updated or fail over while this node
     * runs.
     */
    private void warnOfOldRelease(ServerRelease release) {
        if (!release.equals(lastRelease)) {
            lastRelease = release;
            if (release.isVulnerable()) {
                LOG.log(
                        Level.WARNING,
                        "{0} is vulnerable to CVE-2025-49844: a client that may run scripts can run programs on its host;"
                                + " update it to 6.2.20, 7.2.11, 8.2.2 or later, unless its distribution has fixed it",
                        release);
            }
        }
    }

    /** Returns what the server last reported; empty if it did not reply. */
    public Optional<RedisInfo.Info> info() {
        return info;
    }

    /** Returns the slow log, newest first, at most half a minute old; empty if Redis did not reply or an ACL forbids it. */
    public Optional<List<SlowLog.Entry>> slow() {
        return slow;
    }

    /** Returns the alarm for slow decisions. */
    public LatencyMonitor alarm() {
        return alarm;
    }

    /** Returns the last backlog of the settlement; empty if Redis did not reply. */
    public Optional<SettlementBacklog.Backlog> backlog() {
        return backlog;
    }
}
