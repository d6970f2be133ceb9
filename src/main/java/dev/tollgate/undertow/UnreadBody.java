package dev.tollgate.undertow;

import dev.tollgate.intake.DrainLimiter;
import io.undertow.server.HttpServerExchange;
import io.undertow.servlet.handlers.ServletRequestContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.StreamSourceConduit;

/**
 * A request's body on its way through three states. It is <em>open</em> while the application may read it. It is
 * <em>refused</em> while the servlet layer lets go of it: every read fails at once. Then it <em>drains</em>: Undertow reads
 * what comes on the connection's I/O thread, until the body is whole, {@value #MAX_IDLE_SECONDS} s pass without a byte, or a bound is reached.
 */
final class UnreadBody {

    private static final long MAX_IDLE_SECONDS = 2;
    private static final long MAX_SECONDS = 20;
    private static final long MAX_BYTES = 8L * 1024 * 1024;

    /** Thrown to whatever reads a body that is not read any more. */
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
    private volatile State state = State.OPEN;
    private volatile Conduit conduit;
    private volatile long drained;
    private volatile boolean over;

    UnreadBody(HttpServerExchange exchange, DrainLimiter limiter) {
        this.exchange = exchange;
        this.limiter = limiter;
    }

    StreamSourceConduit conduit(StreamSourceConduit next) {
        conduit = new Conduit(next);
        return conduit;
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
        InetSocketAddress peer = exchange.getSourceAddress();
        InetAddress address = peer.getAddress();
        DrainLimiter.Slot slot =
                limiter.tryAcquire(address == null ? peer.getHostString() : address.getHostAddress(), peer);
        if (slot == null) {
            state = State.CUT;
            return;
        }
        exchange.addExchangeCompleteListener((completed, listener) -> {
            over = true;
            slot.close();
            listener.proceed();
        });
        state = State.DRAINING;
        new Watch().begin();
    }

    /** Whether a read is the servlet layer's own, at the end of an asynchronous request that has been answered. */
    private boolean isAbandoned() {
        return exchange.isResponseComplete()
                && exchange.getAttachment(ServletRequestContext.ATTACHMENT_KEY)
                                .getOriginalRequest()
                                .getAsyncContextInternal()
                        != null;
    }

    private void check() throws Refused {
        if (state == State.OPEN && isAbandoned()) {
            state = State.REFUSED;
            // Nothing else ends an asynchronous request's exchange whose body is not whole.
            exchange.getIoThread().execute(exchange::endExchange);
        }
        if (state == State.REFUSED) {
            throw new Refused("The request has been answered; its body is not read any more.");
        }
        if (state == State.CUT || drained > MAX_BYTES) {
            throw new Refused("The rest of the request's body is not waited for.");
        }
    }

    /** Looks each second at a body that drains, on the connection's I/O thread. */
    private final class Watch implements Runnable {
        private final long begun = System.nanoTime();
        private long drainedBefore;

        void begin() {
            XnioExecutor executor = exchange.getIoThread();
            executor.executeAfter(this, MAX_IDLE_SECONDS, TimeUnit.SECONDS);
        }

        @Override
        public void run() {
            if (over) {
                return;
            }
            long now = drained;
            if (now > drainedBefore && System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(MAX_SECONDS)) {
                drainedBefore = now;
                begin();
                return;
            }
            limiter.cutOff();
            state = State.CUT;
            Conduit reading = conduit;
            if (reading == null) {
                IoUtils.safeClose(exchange.getConnection());
            } else {
                // Undertow's own listener reads, is refused, and closes the connection or resets the stream.
                reading.wakeupReads();
            }
        }
    }

    private final class Conduit extends AbstractStreamSourceConduit<StreamSourceConduit> {

        Conduit(StreamSourceConduit next) {
            super(next);
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
            return (int) counted(super.read(target));
        }

        @Override
        public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
            check();
            return counted(super.read(targets, offset, length));
        }

        @Override
        public long transferTo(long position, long count, FileChannel target) throws IOException {
            check();
            return counted(super.transferTo(position, count, target));
        }

        @Override
        public long transferTo(long count, ByteBuffer buffer, StreamSinkChannel target) throws IOException {
            check();
            return counted(super.transferTo(count, buffer, target));
        }

        @Override
        public void awaitReadable() throws IOException {
            check();
            super.awaitReadable();
        }

        @Override
        public void awaitReadable(long time, TimeUnit unit) throws IOException {
            check();
            super.awaitReadable(time, unit);
        }

        @Override
        public void terminateReads() throws IOException {
            // The servlet layer does so when it is refused; the connection's next request comes after the body.
            if (state != State.REFUSED) {
                super.terminateReads();
            }
        }
    }
}
