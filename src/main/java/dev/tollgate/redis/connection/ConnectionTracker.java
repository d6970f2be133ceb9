package dev.tollgate.redis.connection;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.redisson.client.NettyHook;

/**
 * The connections this node has to Redis: their number, and whether Redis owes a reply on one of them.
 *
 * <p>The tracker can close all connections. After a failover, an old connection may still lead to the former master, which is a
 * read-only replica now. A new connection to the same address leads to the new master. Thread-safe.
 */
public final class ConnectionTracker implements NettyHook {

    private static final Logger LOG = System.getLogger(ConnectionTracker.class.getName());
    private static final long MIN_INTERVAL_MILLIS = 1_000;

    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final LongAdder opened = new LongAdder();
    private final AtomicLong notBefore = new AtomicLong(System.nanoTime());

    @Override
    public void afterBoostrapInitialization(Bootstrap bootstrap) {
        // There is no connection yet.
    }

    @Override
    public void afterChannelInitialization(Channel channel) {
        opened.increment();
        channel.pipeline().addFirst(new PendingReplyHandler());
        channels.add(channel);
    }

    /** Closes all connections; the client opens new ones. Further calls within one to two seconds do nothing. */
    public void closeAll() {
        long now = System.nanoTime();
        long due = notBefore.get();
        long pause = (MIN_INTERVAL_MILLIS + ThreadLocalRandom.current().nextLong(MIN_INTERVAL_MILLIS)) * 1_000_000;
        if (now - due >= 0 && notBefore.compareAndSet(due, now + pause)) {
            LOG.log(Level.DEBUG, "reconnecting to Redis, since this server is a read-only replica");
            channels.close();
        }
    }

    /**
     * Returns whether Redis has not replied for a time. It has not if a reply is owed on a connection for longer than that, or if
     * nothing was sent and no reply came.
     *
     * <p>The time this process takes to send a call or to read a reply does not count. The method therefore waits, two
     * milliseconds as a rule, until all replies that have arrived are read. If reading takes longer than the given time, the
     * process is slow, not Redis, and the result is false.
     *
     * @param nanos the time in nanoseconds
     * @param replied whether any call got a reply within that time
     */
    public boolean isUnresponsive(long nanos, BooleanSupplier replied) {
        if (!awaitEventLoops(nanos)) {
            return false;
        }
        boolean pending = false;
        long now = System.nanoTime();
        for (Channel channel : channels) {
            PendingReplyHandler handler = channel.pipeline().get(PendingReplyHandler.class);
            if (handler != null && handler.isPending()) {
                if (handler.nanosPending(now) > nanos) {
                    return true;
                }
                pending = true;
            }
        }
        return !pending && !replied.getAsBoolean();
    }

    /** Waits until every connection's thread has sent its calls and read its replies. Returns whether all did so in time. */
    private boolean awaitEventLoops(long atMostNanos) {
        Set<EventLoop> loops = new HashSet<>();
        channels.forEach(channel -> loops.add(channel.eventLoop()));
        CountDownLatch done = new CountDownLatch(loops.size());
        for (EventLoop loop : loops) {
            try {
                // With a delay, so that the loop reads its connections once before it runs this.
                loop.schedule(done::countDown, 1, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                done.countDown();
            }
        }
        try {
            return done.await(atMostNanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Returns the number of connections attempted since the start, failed ones included. */
    public long opened() {
        return opened.sum();
    }

    /** Returns the number of connections, those being opened included. */
    public long open() {
        return channels.size();
    }
}
