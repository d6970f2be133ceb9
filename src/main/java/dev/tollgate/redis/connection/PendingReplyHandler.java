package dev.tollgate.redis.connection;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;

/**
 * Since when Redis owes an answer on one connection: from the moment the first unanswered bytes went to the socket until any
 * arrive. Nearest to the socket, so that neither our lines nor our threads are timed. Written by the connection's thread, read
 * by any.
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

    /** Whether anything sent is unanswered. */
    public boolean isPending() {
        return pending;
    }

    /** For how many nanoseconds an answer has been owed; means nothing if none is. */
    long since(long now) {
        return now - since;
    }
}
