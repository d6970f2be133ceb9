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
 * The connections this node has to Redis: counted, asked whether Redis is silent, and to be let go of. After a failover an old one may still lead to the former
 * master, now a read-only replica, while a new one to the same address would lead to the new master. Thread-safe.
 */
public final class ConnectionTracker implements NettyHook {

    private static final Logger LOG = System.getLogger(ConnectionTracker.class.getName());
    private static final long MIN_INTERVAL_MILLIS = 1_000;

    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final LongAdder opened = new LongAdder();
    private final AtomicLong notBefore = new AtomicLong(System.nanoTime());

    @Override
    public void afterBoostrapInitialization(Bootstrap bootstrap) {
        // Nothing is connected yet.
    }

    @Override
    public void afterChannelInitialization(Channel channel) {
        opened.increment();
        channel.pipeline().addFirst(new PendingReplyHandler());
        channels.add(channel);
    }

    /** Closes all; the client makes new ones by itself. At most every one to two seconds, other calls do nothing. */
    public void closeAll() {
        long now = System.nanoTime();
        long due = notBefore.get();
        long pause = (MIN_INTERVAL_MILLIS + ThreadLocalRandom.current().nextLong(MIN_INTERVAL_MILLIS)) * 1_000_000;
        if (now - due >= 0 && notBefore.compareAndSet(due, now + pause)) {
            LOG.log(Level.DEBUG, "connecting to Redis anew: this one is a read-only replica");
            channels.close();
        }
    }

    /**
     * Whether Redis is what keeps callers waiting: on some connection it has owed an answer for that long, or it has neither
     * been sent anything nor answered. Time that this process takes to send a call or to read an answer does not count, so what
     * has arrived is read first: two milliseconds as a rule. If even that is not done in time, this process is what is slow.
     *
     * @param nanos how long
     * @param answered whether Redis has answered anybody within that time
     */
    public boolean isUnresponsive(long nanos, BooleanSupplier answered) {
        if (!haveRead(nanos)) {
            return false;
        }
        boolean owing = false;
        long now = System.nanoTime();
        for (Channel channel : channels) {
            PendingReplyHandler owed = channel.pipeline().get(PendingReplyHandler.class);
            if (owed != null && owed.isPending()) {
                if (owed.since(now) > nanos) {
                    return true;
                }
                owing = true;
            }
        }
        return !owing && !answered.getAsBoolean();
    }

    /** Lets every connection's thread send what waits and read what has arrived. Returns whether all did so in time. */
    private boolean haveRead(long atMostNanos) {
        Set<EventLoop> loops = new HashSet<>();
        channels.forEach(channel -> loops.add(channel.eventLoop()));
        CountDownLatch done = new CountDownLatch(loops.size());
        for (EventLoop loop : loops) {
            try {
                // Delayed, or it might run before the loop has looked at its connections once more.
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

    /** Connections tried since the start, those that failed among them. */
    public long opened() {
        return opened.sum();
    }

    /** Connections there are, those being made among them. */
    public long open() {
        return channels.size();
    }
}
