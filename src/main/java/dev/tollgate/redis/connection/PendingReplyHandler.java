package dev.tollgate.redis.connection;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;

/**
 * A Netty handler that measures how long Redis has owed a reply on one connection.
 *
 * <p>The time runs from the write of bytes to the socket until any bytes arrive. The handler is the first of the pipeline, so
 * queues and threads of this process do not count. The connection's thread writes; any thread may read.
 */
public final class PendingReplyHandler extends ChannelDuplexHandler {

    private boolean written;
    private volatile boolean pending;
    private volatile long since;

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        written = true;
        context.write(message, promise);
    }

    @Override
    public void flush(ChannelHandlerContext context) {
        if (written && !pending) {
            since = System.nanoTime();
            pending = true;
        }
        written = false;
        context.flush();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        pending = false;
        context.fireChannelRead(message);
    }

    /** Returns whether a reply is owed. */
    public boolean isPending() {
        return pending;
    }

    /** Returns for how many nanoseconds a reply has been owed; without meaning if none is. */
    long nanosPending(long now) {
        return now - since;
    }
}
