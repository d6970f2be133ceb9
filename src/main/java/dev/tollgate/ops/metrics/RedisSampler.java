package dev.tollgate.ops.metrics;

import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.core.audit.AuditSink;
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
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Startup;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Asks Redis every few seconds how it is, so that whoever watches this node asks this node only. */
@ApplicationScoped
public class RedisSampler {

    private static final Logger LOG = System.getLogger(RedisSampler.class.getName());
    private static final Duration PATIENCE = Duration.ofMillis(500);
    private static final int EVERY_SECONDS = 5;
    private static final int SLOW_LOG_SECONDS = 30;

    @Resource
    private ManagedScheduledExecutorService executor;

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
    private ServerRelease met;
    private SettlementBacklog unsettled;
    private SlowLog slowLog;
    private LatencyMonitor alarm;
    private List<ScheduledFuture<?>> looks = List.of();
    private volatile Optional<RedisInfo.Info> info = Optional.empty();
    private volatile Optional<SettlementBacklog.Backlog> backlog = Optional.empty();
    private volatile Optional<List<SlowLog.Entry>> slow = Optional.empty();

    void start(@Observes Startup event) {
        // Its coming here has made this bean.
    }

    @PostConstruct
    void begin() {
        server = new RedisInfo(batcher, keys, PATIENCE);
        unsettled = new SettlementBacklog(batcher, keys, PATIENCE);
        slowLog = new SlowLog(batcher, keys, PATIENCE);
        alarm = new LatencyMonitor(
                latency, settings.get(SettingCatalog.REDIS_LATENCY_THRESHOLD), audit, System::currentTimeMillis);
        looks = List.of(
                executor.scheduleWithFixedDelay(
                        SafeTask.of(() -> alarm.check(System.nanoTime())), 1, 1, TimeUnit.SECONDS),
                executor.scheduleWithFixedDelay(SafeTask.of(this::look), 1, EVERY_SECONDS, TimeUnit.SECONDS),
                executor.scheduleWithFixedDelay(
                        SafeTask.of(() -> slow = slowLog.read()),
                        SLOW_LOG_SECONDS,
                        SLOW_LOG_SECONDS,
                        TimeUnit.SECONDS));
    }

    @PreDestroy
    void end() {
        looks.forEach(look -> look.cancel(false));
    }

    private void look() {
        info = server.info();
        info.flatMap(RedisInfo.Info::release).ifPresent(this::warnOfOldRelease);
        backlog = unsettled.read();
    }

    /** Says so once per release that is met: Redis may be updated, or fail over to an older one, while this node runs. */
    private void warnOfOldRelease(ServerRelease release) {
        if (!release.equals(met)) {
            met = release;
            if (release.isVulnerable()) {
                LOG.log(
                        Level.WARNING,
                        "{0} has a known fault by which whoever may run scripts in it can run programs on its host"
                                + " (CVE-2025-49844); update it to 6.2.20, 7.2.11, 8.2.2 or later, unless its"
                                + " distribution has mended it",
                        release);
            }
        }
    }

    /** What the server said of itself lately; empty if it did not answer. */
    public Optional<RedisInfo.Info> info() {
        return info;
    }

    /** What the server found slow, newest first, as of half a minute ago at most; empty if it does not or may not tell. */
    public Optional<List<SlowLog.Entry>> slow() {
        return slow;
    }

    /** Whether decisions' trips to Redis have become slow. */
    public LatencyMonitor alarm() {
        return alarm;
    }

    /** What waited for the settlement lately; empty if Redis did not answer. */
    public Optional<SettlementBacklog.Backlog> backlog() {
        return backlog;
    }
}
