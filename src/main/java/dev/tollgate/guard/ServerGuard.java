package dev.tollgate.guard;

import dev.tollgate.assembly.GateAssembly;
import dev.tollgate.assembly.Ports;
import dev.tollgate.assembly.RedisAssembly;
import dev.tollgate.assembly.StartReport;
import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.config.Version;
import dev.tollgate.core.account.ApiKeyFormat;
import dev.tollgate.core.async.SafeTask;
import dev.tollgate.core.refusal.RefusalBuffer;
import dev.tollgate.core.trace.Tracing;
import dev.tollgate.http.address.ForwardedAddressResolver;
import dev.tollgate.http.filter.ApiKeyCredential;
import dev.tollgate.http.filter.RateLimitFilter;
import dev.tollgate.http.route.RoutePolicies;
import dev.tollgate.http.servlet.CrossOrigin;
import dev.tollgate.redis.seal.Sealing;
import dev.tollgate.redis.sync.ConfigSnapshot;
import dev.tollgate.redis.sync.DirectoryClient;
import dev.tollgate.redis.sync.InvalidationBus;
import dev.tollgate.redis.sync.Outbox;
import dev.tollgate.redis.sync.RefusalOutbox;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The guard of one server: the filter that all guarded applications share, with the gate and the connections to Redis behind
 * it. The first guarded application opens it and the last one closes it.
 */
final class ServerGuard implements AutoCloseable {

    private static final Logger LOG = System.getLogger(ServerGuard.class.getName());
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(2);
    private static final long PERIOD_MILLIS = 200;
    private static final LongSupplier CLOCK = System::currentTimeMillis;

    private final GuardThreads threads;
    private final RedisAssembly redis;
    private final GateAssembly gate;
    private final Outbox outbox;
    private final RefusalOutbox refusals;
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
    private record Checked(
            RoutePolicies policies,
            ForwardedAddressResolver addresses,
            ApiKeyFormat keys,
            CrossOrigin crossOrigin,
            Sealing sealing) {
        static Checked of(Settings settings) {
            return new Checked(
                    RoutePolicies.ofApplication(settings),
                    ForwardedAddressResolver.of(settings),
                    settings.get(SettingCatalog.KEYS_PREFIXES, ApiKeyFormat::new),
                    CrossOrigin.of(settings),
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

    private ServerGuard(Settings settings, Checked checked, GuardThreads threads) {
        this.threads = threads;
        Sealing sealing = checked.sealing();
        redis = new RedisAssembly(settings, sealing, threads.scheduler(), threads::configure);
        DirectoryClient client =
                new DirectoryClient(redis.client(), redis.keys(), sealing, GateAssembly.DIRECTORY_TIMEOUT);
        RemoteDirectory directory = new RemoteDirectory(
                client, new ConfigSnapshot(redis.background(), redis.keys(), sealing), GateAssembly.DIRECTORY_TIMEOUT);
        outbox = new Outbox(redis.background(), redis.keys(), sealing, settings.get(SettingCatalog.AUDIT_BUFFER));
        RefusalBuffer refusalRows = new RefusalBuffer(RefusalBuffer.CAPACITY);
        refusals = new RefusalOutbox(redis.background(), redis.keys(), sealing, refusalRows);
        Ports ports = new Ports(
                directory,
                directory,
                new RemoteStateSource(client),
                directory::banned,
                outbox,
                outbox,
                refusalRows,
                InvalidationBus.SnapshotPublisher.NONE);
        gate = new GateAssembly(settings, redis, ports, threads.scheduler(), threads);
        filter = gate.filter(
                checked.policies(),
                checked.addresses(),
                ApiKeyCredential.amongOthers(checked.keys()),
                checked.crossOrigin(),
                Tracing.NONE);
        LOG.log(
                Level.INFO,
                "Tollgate''s guard {0} starts: applications={1} {2}",
                Version.current(),
                String.join(",", settings.get(SettingCatalog.GUARD_APPLICATIONS)),
                StartReport.of(
                        settings,
                        settings.get(SettingCatalog.GUARD_ROUTES_FILE),
                        checked.policies().inOrder().size() - 1));
        redis.awaitConnection();
        schedule(PERIOD_MILLIS, () -> {
            if (redis.isConnected()) {
                client.expire();
            }
        });
        schedule(PERIOD_MILLIS, outbox::flush);
        schedule(1_000, refusals::flush);
        schedule(1_000, () -> {
            gate.traffic().tick(CLOCK.getAsLong());
            // A guard keeps no peaks; they must not pile up.
            gate.auditor().peaks().drain(CLOCK.getAsLong());
        });
        gate.warmUp();
        gate.changes().subscribe();
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
        gate.close();
        outbox.flush();
        refusals.flush();
        redis.close(CLOSE_WAIT);
        threads.close();
    }
}
