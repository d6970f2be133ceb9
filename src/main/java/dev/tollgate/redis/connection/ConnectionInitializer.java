package dev.tollgate.redis.connection;

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
 * Makes the first connection to Redis in the background and tells when it is there. Redisson makes it on the thread of the
 * first call, which a Redis that accepts and does not answer holds for many seconds: no request may pay for that. Later
 * connections are made behind the requests' backs by Redisson itself. Thread-safe.
 */
public final class ConnectionInitializer implements BooleanSupplier {

    private static final Logger LOG = System.getLogger(ConnectionInitializer.class.getName());
    private final RedissonClient redisson;
    private final RedisKeys keys;
    private final ScheduledExecutorService executor;
    private final CountDownLatch connected = new CountDownLatch(1);
    private int attempts;

    /**
     * @param redisson the client, opened lazily
     * @param keys the keys' names: access may be limited to our own
     * @param executor where connecting may wait
     */
    public ConnectionInitializer(RedissonClient redisson, RedisKeys keys, ScheduledExecutorService executor) {
        this.redisson = redisson;
        this.keys = keys;
        this.executor = executor;
    }

    /** Starts trying, until it works or the client is shut down. */
    public void connect() {
        executor.execute(this::attempt);
    }

    /** Waits for it, but no longer than that: so that requests find Redis connected if it is there at all. */
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
            LOG.log(Level.INFO, "Redis is connected");
        } catch (RuntimeException e) {
            if (redisson.isShuttingDown()) {
                return;
            }
            if (attempts == 0) {
                LOG.log(
                        Level.WARNING,
                        "Redis cannot be reached ({0}); requests are answered by their failure mode until it can",
                        e.getMessage());
            }
            long pause = RedisConnection.RECONNECT.calcDelay(attempts++).toMillis();
            executor.schedule(this::attempt, pause, TimeUnit.MILLISECONDS);
        }
    }

    /** Whether the first connection was made. */
    @Override
    public boolean getAsBoolean() {
        return connected.getCount() == 0;
    }
}
