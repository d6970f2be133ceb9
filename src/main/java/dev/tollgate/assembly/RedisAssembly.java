package dev.tollgate.assembly;

import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.core.async.SafeTask;
import dev.tollgate.gate.Gate;
import dev.tollgate.redis.batch.LatencyRecorder;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.batch.ScriptBatchers;
import dev.tollgate.redis.connection.ConnectionInitializer;
import dev.tollgate.redis.connection.ConnectionTracker;
import dev.tollgate.redis.connection.MissingRights;
import dev.tollgate.redis.connection.RedisConnection;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.seal.Sealing;
import dev.tollgate.redis.stats.RightsProbe;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/**
 * A node's way to Redis: the client, its first connection, the names of keys, and the two batchers. It connects in the
 * background, so opening it does not wait for Redis. Thread-safe.
 */
public final class RedisAssembly {

    /** The longest time a start waits for Redis; it goes on without it, too. */
    private static final Duration CONNECT_WAIT = Duration.ofSeconds(2);

    private static final long PROBE_SECONDS = 15;
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(1);

    private final ConnectionTracker connections = new ConnectionTracker();
    private final LatencyRecorder latency = new LatencyRecorder();
    private final Sealing sealing;
    private final RedissonClient client;
    private final RedisKeys keys;
    private final ConnectionInitializer connection;
    private final MissingRights rights;
    private final ScheduledFuture<?> probing;
    private final ScriptBatcher decisions;
    private final ScriptBatcher background;

    /**
     * Opens the client and begins to connect.
     *
     * @param sealing seals values in Redis
     * @param executor runs the attempts to connect, which may block
     * @param customizer changes the client's configuration at last, such as its threads
     * @throws dev.tollgate.config.BadSettingException if a setting cannot be used
     */
    public RedisAssembly(
            Settings settings, Sealing sealing, ScheduledExecutorService executor, Consumer<Config> customizer) {
        this.sealing = sealing;
        client = RedisConnection.open(settings, connections, customizer);
        keys = new RedisKeys(settings.get(SettingCatalog.REDIS_PREFIX));
        connection = new ConnectionInitializer(client, keys, executor, settings);
        connection.connect();
        Duration timeout = Gate.queueTimeout(settings.get(SettingCatalog.REDIS_BUDGET));
        decisions = ScriptBatchers.decisions(client, timeout, connection, latency);
        background = ScriptBatchers.background(client, connection, latency);
        rights = new MissingRights(RedisConnection.describe(settings));
        RightsProbe probe = new RightsProbe(background, keys, rights, PROBE_TIMEOUT);
        probing = executor.scheduleWithFixedDelay(SafeTask.of(probe::run), 1, PROBE_SECONDS, TimeUnit.SECONDS);
    }

    /** Waits two seconds for the first connection at most, so that the first requests find it. */
    public void awaitConnection() {
        connection.await(CONNECT_WAIT);
    }

    /** Returns whether the first connection was made. */
    public boolean isConnected() {
        return connection.getAsBoolean();
    }

    /** Returns whether the client is one of a Redis Cluster. */
    boolean isCluster() {
        return client.getConfig().isClusterConfig();
    }

    /** Returns the Redisson client. */
    public RedissonClient client() {
        return client;
    }

    /** Returns the tracker of the client's connections. */
    public ConnectionTracker connections() {
        return connections;
    }

    /** Returns the recorder of round trips. */
    public LatencyRecorder latency() {
        return latency;
    }

    /** Returns the first connection. */
    ConnectionInitializer connection() {
        return connection;
    }

    /** Returns the names of keys. */
    public RedisKeys keys() {
        return keys;
    }

    /** Returns the seals. */
    public Sealing sealing() {
        return sealing;
    }

    /** Returns the rights that Redis denies to Tollgate's user. */
    public MissingRights rights() {
        return rights;
    }

    /** Returns the batcher of decisions. */
    public ScriptBatcher decisions() {
        return decisions;
    }

    /** Returns the batcher of all other calls. */
    public ScriptBatcher background() {
        return background;
    }

    /** Closes the connections. Close the {@link GateAssembly} first, which still sends usage. */
    public void close(Duration atMost) {
        probing.cancel(false);
        client.shutdown(0, atMost.toMillis(), TimeUnit.MILLISECONDS);
    }
}
