package dev.tollgate.redis;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.redisson.client.NettyHook;

/**
 * The connections this node has to Redis: counted, and to be let go of. After a failover an old one may still lead to the former
 * master, now a read-only replica, while a new one to the same address would lead to the new master. Thread-safe.
 */
public final class Connections implements NettyHook {

    private static final Logger LOG = System.getLogger(Connections.class.getName());
    private static final long LEAST_MILLIS = 1_000;

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
        channels.add(channel);
    }

    /** Closes all; the client makes new ones by itself. At most every one to two seconds, other calls do nothing. */
    public void renew() {
        long now = System.nanoTime();
        long due = notBefore.get();
        long pause = (LEAST_MILLIS + ThreadLocalRandom.current().nextLong(LEAST_MILLIS)) * 1_000_000;
        if (now - due >= 0 && notBefore.compareAndSet(due, now + pause)) {
            LOG.log(Level.DEBUG, "connecting to Redis anew: this one is a read-only replica");
            channels.close();
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
