package dev.tollgate.guard;

import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.core.async.SafeTask;
import dev.tollgate.core.limit.InMemoryGateStore;
import dev.tollgate.core.trace.Tracing;
import dev.tollgate.core.traffic.Traffic;
import dev.tollgate.core.traffic.UploadCounts;
import dev.tollgate.core.usage.UsageRecorder;
import dev.tollgate.gate.ApiKeyCache;
import dev.tollgate.gate.BanCache;
import dev.tollgate.gate.CircuitBreaker;
import dev.tollgate.gate.DecisionAuditor;
import dev.tollgate.gate.DecisionCounts;
import dev.tollgate.gate.Gate;
import dev.tollgate.gate.LocalCaches;
import dev.tollgate.gate.ShadowModes;
import dev.tollgate.gate.TierCache;
import dev.tollgate.http.address.ForwardedAddressResolver;
import dev.tollgate.http.filter.ApiKeyCredential;
import dev.tollgate.http.filter.CallerResolver;
import dev.tollgate.http.filter.GateRequestFactory;
import dev.tollgate.http.filter.RateLimitFilter;
import dev.tollgate.http.filter.RateLimitHeaders;
import dev.tollgate.http.filter.RequestListener;
import dev.tollgate.http.route.EffectiveRoutePolicies;
import dev.tollgate.http.route.RoutePolicies;
import dev.tollgate.http.route.RoutePolicyFile;
import dev.tollgate.redis.batch.LatencyRecorder;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.batch.ScriptBatchers;
import dev.tollgate.redis.connection.ConnectionInitializer;
import dev.tollgate.redis.connection.ConnectionTracker;
import dev.tollgate.redis.connection.RedisConnection;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.decision.RedisGateStore;
import dev.tollgate.redis.decision.RedisViolationLog;
import dev.tollgate.redis.decision.RepairLog;
import dev.tollgate.redis.seal.Sealing;
import dev.tollgate.redis.sync.ConfigSnapshot;
import dev.tollgate.redis.sync.DirectoryClient;
import dev.tollgate.redis.sync.InvalidationBus;
import dev.tollgate.redis.sync.Outbox;
import dev.tollgate.redis.sync.RedisKeyCache;
import dev.tollgate.redis.usage.RedisPendingUsage;
import dev.tollgate.redis.usage.RedisTrafficStore;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.redisson.api.RedissonClient;

/**
 * The guard of one server: the filter that all guarded applications share, with the gate and the connections to Redis behind
 * it. The first guarded application opens it and the last one closes it.
 */
final class ServerGuard implements AutoCloseable {

    private static final Logger LOG = System.getLogger(ServerGuard.class.getName());
    private static final int LOCAL_CALLERS = 100_000;
    private static final Duration DIRECTORY_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration CONNECT_WAIT = Duration.ofSeconds(2);
    private static final Duration WARM_UP = Duration.ofSeconds(2);
    private static final long PERIOD_MILLIS = 200;
    private static final LongSupplier CLOCK = System::currentTimeMillis;

    private final GuardThreads threads;
    private final RedissonClient redisson;
    private final InvalidationBus changes;
    private final UsageRecorder usage;
    private final Outbox outbox;
    private final RateLimitFilter filter;

    /**
     * Opens the guard. Waits two seconds for Redis at most, and goes on without it.
     *
     * @throws dev.tollgate.config.BadSettingException if a setting cannot be used
     */
    static ServerGuard open(Settings settings) {
        Checked checked = Checked.of(settings);
        GuardThreads threads = new GuardThreads();
        try {
            return new ServerGuard(settings, checked, threads);
        } catch (RuntimeException | Error e) {
            threads.close();
            throw e;
        }
    }

    /** The settings that may be wrong, read before any connection is opened. */
    private record Checked(RoutePolicies policies, ForwardedAddressResolver addresses, Sealing sealing) {
        static Checked of(Settings settings) {
            return new Checked(
                    settings.get(SettingCatalog.GUARD_ROUTES_FILE, ServerGuard::routes)
                            .reading(settings.get(SettingCatalog.PATHS_ENCODED_SLASH)),
                    ForwardedAddressResolver.addressOf(settings),
                    sealingOf(settings));
        }
    }

    private static Sealing sealingOf(Settings settings) {
        Sealing sealing = Sealing.of(settings, CLOCK);
        if (!sealing.isReady()) {
            LOG.log(
                    Level.WARNING,
                    "tollgate.redis.seal is not set: this guard knows no keys, tiers and switched routes, and drops its audit"
                            + " events; set it here and for Tollgate, to the same secret");
        }
        return sealing;
    }

    private static RoutePolicies routes(String file) {
        return RoutePolicies.ofApplication(
                file.isEmpty() ? Optional.empty() : Optional.of(RoutePolicyFile.read(Path.of(file))));
    }

    private ServerGuard(Settings settings, Checked checked, GuardThreads threads) {
        this.threads = threads;
        Duration budget = settings.get(SettingCatalog.REDIS_BUDGET);
        ConnectionTracker connections = new ConnectionTracker();
        LatencyRecorder latency = new LatencyRecorder();
        redisson = RedisConnection.open(settings, connections, threads::configure);
        RedisKeys keys = new RedisKeys(settings.get(SettingCatalog.REDIS_PREFIX));
        ConnectionInitializer connection = new ConnectionInitializer(redisson, keys, threads.scheduler());
        connection.connect();
        ScriptBatcher decisions = ScriptBatchers.decisions(redisson, Gate.queueTimeout(budget), connection, latency);
        ScriptBatcher background = ScriptBatchers.background(redisson, connection, latency);

        Sealing sealing = checked.sealing();
        DirectoryClient directoryClient = new DirectoryClient(redisson, keys, sealing, DIRECTORY_TIMEOUT);
        RemoteDirectory directory =
                new RemoteDirectory(directoryClient, new ConfigSnapshot(background, keys, sealing), DIRECTORY_TIMEOUT);
        outbox = new Outbox(background, keys, sealing, settings.get(SettingCatalog.AUDIT_BUFFER));

        InMemoryGateStore local = new InMemoryGateStore(CLOCK, LOCAL_CALLERS);
        BanCache bans = new BanCache(settings.get(SettingCatalog.BAN_CACHE), CLOCK);
        Gate gate = new Gate(
                new RedisGateStore(decisions, keys, CLOCK, connections, sealing, new RepairLog(CLOCK)),
                local,
                new RemoteStateSource(directoryClient),
                bans,
                outbox,
                CircuitBreaker.beforeRedis(budget),
                budget,
                DIRECTORY_TIMEOUT);
        RedisKeyCache cache = new RedisKeyCache(redisson, keys, sealing, connection, latency);
        ApiKeyCache known =
                new ApiKeyCache(cache, directory, budget, DIRECTORY_TIMEOUT, settings.get(SettingCatalog.KEY_CACHE));
        TierCache tiers = new TierCache(directory);
        ShadowModes modes = new ShadowModes(directory);
        changes = new InvalidationBus(
                redisson,
                background,
                keys,
                sealing,
                cache,
                directory,
                new LocalCaches(known, tiers, bans, directory::banned, local, outbox, modes),
                threads.scheduler());
        GateRequestFactory requests = GateRequestFactory.create(settings, tiers);
        usage = new UsageRecorder(
                new RedisPendingUsage(background, keys, redisson.getConfig().isClusterConfig()),
                UUID.randomUUID().toString(),
                settings.get(SettingCatalog.USAGE_FLUSH),
                settings.get(SettingCatalog.USAGE_BUFFER),
                CLOCK,
                threads);
        DecisionCounts counts = new DecisionCounts();
        UploadCounts uploads = new UploadCounts();
        DecisionAuditor auditor = new DecisionAuditor(
                outbox, new RedisViolationLog(background, keys, settings.get(SettingCatalog.BAN_MEMORY)));
        filter = new RateLimitFilter(
                new EffectiveRoutePolicies(checked.policies(), modes),
                new CallerResolver(checked.addresses(), known, gate, requests, CLOCK, ApiKeyCredential::amongOthers),
                requests,
                gate,
                new RateLimitHeaders(settings.get(SettingCatalog.LEGACY_HEADERS)),
                new RequestListener(
                        auditor,
                        counts,
                        Tracing.NONE,
                        event -> {
                            usage.record(event);
                            uploads.count(event);
                        },
                        CLOCK));

        Traffic traffic = new Traffic(() -> uploads.with(counts.traffic()), new RedisTrafficStore(background, keys));
        connection.await(CONNECT_WAIT);
        schedule(PERIOD_MILLIS, () -> {
            if (connection.getAsBoolean()) {
                directoryClient.expire();
            }
        });
        schedule(PERIOD_MILLIS, outbox::flush);
        schedule(1_000, () -> {
            traffic.tick(CLOCK.getAsLong());
            // A guard keeps no peaks; they must not pile up.
            auditor.peaks().drain(CLOCK.getAsLong());
        });
        if (connection.getAsBoolean()) {
            gate.warmUp(WARM_UP);
            decisions.resetLastMinute();
        }
        changes.subscribe();
    }

    private void schedule(long millis, Runnable work) {
        threads.scheduler().scheduleWithFixedDelay(SafeTask.of(work), 0, millis, TimeUnit.MILLISECONDS);
    }

    /** Returns the filter for every guarded application. */
    RateLimitFilter filter() {
        return filter;
    }

    /** Sends what is buffered to Redis and closes the connections. */
    @Override
    public void close() {
        usage.close();
        outbox.flush();
        changes.close();
        redisson.shutdown(0, 2, TimeUnit.SECONDS);
        threads.close();
    }
}
