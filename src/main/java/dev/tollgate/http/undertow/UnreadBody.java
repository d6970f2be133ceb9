package dev.tollgate.http.undertow;

import dev.tollgate.core.bodylimit.DrainLimiter;
import io.undertow.server.HttpServerExchange;
import io.undertow.servlet.handlers.ServletRequestContext;
import io.undertow.servlet.spec.AsyncContextImpl;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.StreamSourceConduit;

/**
 * A request's body on its way through three states. It is <em>open</em> while the application may read it. It is
 * <em>refused</em> while the servlet layer gives it up: every read fails at once. Then it <em>drains</em>: Undertow reads
 * what comes on the connection's I/O thread, until the body is whole, it is silent for too long, or a bound is reached.
 */
final class UnreadBody {

    private static final String ASYNC_END = "onAsyncCompleteAndRespond";
    private static final long LOOK_MILLIS = 100;
    private static final int MAX_LOOKS = 300;
    private static final int NETWORK_BYTES = 8;
    private static final int FRAMES = 16;

    /** The failure of a read after the body was refused. */
    static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }

        /** Costs nothing: it happens once per request and is never shown. */
        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    private enum State {
        OPEN,
        REFUSED,
        DRAINING,
        CUT
    }

    private final HttpServerExchange exchange;
    private final DrainLimiter limiter;
    private final @Nullable InetSocketAddress peer;
    private volatile State state = State.OPEN;
    private volatile @Nullable Conduit conduit;
    private volatile long drained;
    private volatile boolean over;

    UnreadBody(HttpServerExchange exchange, DrainLimiter limiter) {
        this.exchange = exchange;
        this.limiter = limiter;
        // Read now, because a closed connection has no address.
        this.peer = exchange.getSourceAddress();
    }

    /** Whose body it is: an IPv4 address, or an IPv6 network of {@value #NETWORK_BYTES} bytes, which one host has whole. */
    private String address() {
        if (peer == null) {
            return "";
        }
        InetAddress address = peer.getAddress();
        if (address == null) {
            return peer.getHostString();
        }
        return address instanceof Inet6Address
                ? HexFormat.of().formatHex(address.getAddress(), 0, NETWORK_BYTES)
                : address.getHostAddress();
    }

    StreamSourceConduit conduit(StreamSourceConduit next) {
        Conduit ours = new Conduit(next);
        conduit = ours;
        return ours;
    }

    /** Lets no one read any more. */
    void refuse() {
        if (state == State.OPEN) {
            state = State.REFUSED;
        }
    }

    /** Lets Undertow read what comes, if there is room to wait for it; else closes the connection, or resets the stream. */
    void drain() {
        if (state != State.REFUSED) {
            return;
        }
        DrainLimiter.Slot slot = limiter.tryAcquire(address(), String.valueOf(peer));
        if (slot == null) {
            state = State.CUT;
            return;
        }
        state = State.DRAINING;
        try {
            exchange.addExchangeCompleteListener((completed, listener) -> {
                over = true;
                slot.close();
                listener.proceed();
            });
        } catch (IllegalStateException e) {
            // The client has closed the connection.
            slot.close();
            return;
        }
        new Watch(slot).begin();
    }

    /** Whether a read is the servlet layer's own, at the end of an asynchronous request; only its caller tells it from an application's. */
    private boolean isAbandoned() {
        return exchange.getAttachment(ServletRequestContext.ATTACHMENT_KEY)
                                .getOriginalRequest()
                                .getAsyncContextInternal()
                        != null
                && StackWalker.getInstance()
                        .walk(frames -> frames.limit(FRAMES)
                                .anyMatch(frame -> frame.getMethodName().equals(ASYNC_END)
                                        && frame.getClassName().equals(AsyncContextImpl.class.getName())));
    }

    /**
     * Ends the exchange of an asynchronous request when its answer has been sent whole, on the connection's I/O thread. Nothing else
     * does so where the body is not whole.
     */
    private void endWhenAnswered(int looks) {
        if (exchange.isResponseComplete()) {
            exchange.endExchange();
        } else if (looks == 0) {
            IoUtils.safeClose(exchange.getConnection());
        } else {
            exchange.getIoThread().executeAfter(() -> endWhenAnswered(looks - 1), LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void check() throws Refused {
        if (state == State.OPEN && isAbandoned()) {
            state = State.REFUSED;
            exchange.getIoThread().execute(() -> endWhenAnswered(MAX_LOOKS));
        }
        if (state == State.REFUSED) {
            throw new Refused("The request has been answered; its body is not read any more.");
        }
        if (state == State.CUT || drained > limiter.bounds().bytes()) {
            throw new Refused("The rest of the request's body is not waited for.");
        }
    }

    /** As {@link #check}; and no thread waits for a body that drains. */
    private void checkWait() throws Refused {
        check();
        if (state != State.OPEN) {
            throw new Refused("The request has been answered; its body is not waited for.");
        }
    }

    /** Looks now and then at a body that drains, on the connection's I/O thread. */
    private final class Watch implements Runnable {
        private final long begun = System.nanoTime();
        private final DrainLimiter.Slot slot;
        private long drainedBefore;

        Watch(DrainLimiter.Slot slot) {
            this.slot = slot;
        }

        void begin() {
            XnioExecutor executor = exchange.getIoThread();
            executor.executeAfter(this, limiter.bounds().idle().toMillis(), TimeUnit.MILLISECONDS);
        }

        @Override
        public void run() {
            if (over) {
                return;
            }
            long now = drained;
            if (now > drainedBefore
                    && System.nanoTime() - begun < limiter.bounds().longest().toNanos()) {
                drainedBefore = now;
                begin();
                return;
            }
            limiter.cutOff();
            slot.close();
            state = State.CUT;
            Conduit reading = conduit;
            if (reading == null) {
                IoUtils.safeClose(exchange.getConnection());
            } else {
                // Wakes Undertow's listener. Its read fails here, so it closes the connection or resets the stream.
                reading.wakeupReads();
            }
        }
    }

    private final class Conduit extends AbstractStreamSourceConduit<StreamSourceConduit> {

        Conduit(StreamSourceConduit next) {
            super(next);
        }

        /** Whether nothing is read here now: a body that drains is read on the connection's I/O thread, never on a request's. */
        private boolean isLeftToIoThread() {
            return state == State.DRAINING && Thread.currentThread() != exchange.getIoThread();
        }

        private long counted(long read) {
            if (state == State.DRAINING && read > 0) {
                drained += read;
            }
            return read;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            check();
            return isLeftToIoThread() ? 0 : (int) counted(super.read(target));
        }

        @Override
        public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
            check();
            return isLeftToIoThread() ? 0 : counted(super.read(targets, offset, length));
        }

        @Override
        public long transferTo(long position, long count, FileChannel target) throws IOException {
            check();
            return isLeftToIoThread() ? 0 : counted(super.transferTo(position, count, target));
        }

        @Override
        public long transferTo(long count, ByteBuffer buffer, StreamSinkChannel target) throws IOException {
            check();
            if (isLeftToIoThread()) {
                // The method's contract: an empty buffer says that nothing is left to write.
                buffer.limit(buffer.position());
                return 0;
            }
            return counted(super.transferTo(count, buffer, target));
        }

        @Override
        public void awaitReadable() throws IOException {
            checkWait();
            super.awaitReadable();
        }

        @Override
        public void awaitReadable(long time, TimeUnit unit) throws IOException {
            checkWait();
            super.awaitReadable(time, unit);
        }

        @Override
        public void terminateReads() throws IOException {
            // The servlet layer calls this after a refused read. The body must still be drained before the next
            // request.
            if (state != State.REFUSED) {
                super.terminateReads();
            }
        }
    }
}
