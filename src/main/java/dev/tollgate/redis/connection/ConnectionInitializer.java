package dev.tollgate.redis.connection;

import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.core.async.Failures;
import dev.tollgate.core.limit.FailureMode;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

/**
 * The first connection to Redis, made in the background.
 *
 * <p>Redisson connects on the thread of the first call. A Redis that accepts connections and does not reply would hold that
 * thread for many seconds, so no request makes the first call. Redisson makes later connections in the background itself.
 * Thread-safe.
 */
public final class ConnectionInitializer implements BooleanSupplier {

    private static final Logger LOG = System.getLogger(ConnectionInitializer.class.getName());
    private final RedissonClient redisson;
    private final RedisKeys keys;
    private final ScheduledExecutorService executor;
    private final String server;
    private final FailureMode usualMode;
    private final CountDownLatch connected = new CountDownLatch(1);
    private int attempts;

    /**
     * @param redisson the client, opened lazily
     * @param keys the names of keys; an ACL may permit only these
     * @param executor runs the attempts, which may block
     * @param settings say in the log which server, and what answers requests without it
     */
    public ConnectionInitializer(
            RedissonClient redisson, RedisKeys keys, ScheduledExecutorService executor, Settings settings) {
        this.redisson = redisson;
        this.keys = keys;
        this.executor = executor;
        this.server = RedisConnection.describe(settings);
        this.usualMode = settings.get(SettingCatalog.REDIS_FAILURE_MODE);
    }

    /** Starts attempts, which go on until one succeeds or the client is shut down. */
    public void connect() {
        executor.execute(this::attempt);
    }

    /** Waits for the connection, at most for the given time, so that the first requests find it. */
    public void await(Duration atMost) {
        try {
            connected.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void attempt() {
        try {
            redisson.getBucket(keys.edition(), StringCodec.INSTANCE).isExists();
            connected.countDown();
            LOG.log(Level.INFO, "Redis is connected: {0}", server);
        } catch (RuntimeException e) {
            if (redisson.isShuttingDown()) {
                return;
            }
            if (attempts == 0) {
                LOG.log(
                        Level.WARNING,
                        "Redis cannot be used ({0}): {1}; until it can, {2}",
                        server,
                        Failures.reason(e),
                        usualMode.description());
            }
            long pause = RedisConnection.RECONNECT.calcDelay(attempts++).toMillis();
            executor.schedule(this::attempt, pause, TimeUnit.MILLISECONDS);
        }
    }

    /** Returns whether the first connection was made. */
    @Override
    public boolean getAsBoolean() {
        return connected.getCount() == 0;
    }
}
