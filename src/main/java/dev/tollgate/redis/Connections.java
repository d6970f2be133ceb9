package dev.tollgate.redis;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import java.util.concurrent.atomic.LongAdder;
import org.redisson.client.NettyHook;

/** Counts the connections this node has to Redis. Thread-safe. */
public final class Connections implements NettyHook {

    private final LongAdder opened = new LongAdder();
    private final LongAdder closed = new LongAdder();

    @Override
    public void afterBoostrapInitialization(Bootstrap bootstrap) {
        // Nothing is connected yet.
    }

    @Override
    public void afterChannelInitialization(Channel channel) {
        opened.increment();
        channel.closeFuture().addListener(done -> closed.increment());
    }

    /** Connections tried since the start, those that failed among them. */
    public long opened() {
        return opened.sum();
    }

    /** Connections there are, those being made among them. */
    public long open() {
        // Read in this order the difference may be too low for a moment, never negative for long.
        long gone = closed.sum();
        return Math.max(0, opened.sum() - gone);
    }
}
