package dev.tollgate.http.servlet;

import dev.tollgate.core.bodylimit.DrainLimiter;
import dev.tollgate.http.address.ForwardedAddressResolver;
import dev.tollgate.http.address.RequestAddressReader;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * A filter that reads the rest of an HTTP/2 request's body after its answer has been sent, without a thread. It is for Payara,
 * which sends no window update for a body that nobody reads. A client that sends all of its body before it looks for an answer,
 * as Java's does, would wait for good once 64 KiB are under way.
 *
 * <p>Over HTTP/1.1 Payara reads on by itself, without a thread, so such requests pass through. So do answers that the container
 * writes after the filters, such as error pages, and those of its own servlet for files. A {@link DrainLimiter} bounds the
 * bodies; one beyond its bounds is left. {@link #sweep} must be called every {@value #SWEEP_MILLIS} ms. Thread-safe.
 */
public final class RequestBodyDrainFilter implements Filter {

    /** How often to call {@link #sweep}, in milliseconds. */
    public static final long SWEEP_MILLIS = 250;

    /** For how long a request that is over is kept, since Payara may call once more and fails on a request that was completed. */
    private static final long KEPT_NANOS = 200_000_000;

    private static final String HTTP_2 = "HTTP/2";
    private static final int PORTION = 8 * 1024;

    private final RequestAddressReader addresses;
    private final DrainLimiter limiter;
    private final LongSupplier clock;
    private final Set<Drain> draining = ConcurrentHashMap.newKeySet();

    /**
     * @param addresses whose bodies they are
     * @param limiter how long they may take, and how many there may be
     * @param clock nanoseconds of a steady clock
     */
    public RequestBodyDrainFilter(ForwardedAddressResolver addresses, DrainLimiter limiter, LongSupplier clock) {
        this.addresses = new RequestAddressReader(addresses);
        this.limiter = limiter;
        this.clock = clock;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!(request instanceof HttpServletRequest http)
                || !(response instanceof HttpServletResponse answer)
                || !isHttp2Stream(http)) {
            chain.doFilter(request, response);
            return;
        }
        Answer watched = new Answer(answer);
        chain.doFilter(request, watched);
        if (!watched.isLeftToContainer && http.isAsyncSupported() && !http.isAsyncStarted()) {
            ServletInputStream body = http.getInputStream();
            if (!body.isFinished()) {
                drain(http, answer, body);
            }
        }
    }

    /** Whether the body comes in frames of HTTP/2. That of a request which asks for the upgrade still comes as HTTP/1.1 has it. */
    private static boolean isHttp2Stream(HttpServletRequest request) {
        return request.getProtocol().startsWith(HTTP_2) && request.getHeader("Upgrade") == null;
    }

    private void drain(HttpServletRequest request, HttpServletResponse answer, ServletInputStream body) {
        DrainLimiter.Slot slot = limiter.tryAcquire(
                addresses.resolve(request).caller(), request.getRemoteAddr() + " " + request.getRemotePort());
        if (slot == null) {
            return;
        }
        Drain drain = new Drain(request.startAsync(), body, slot);
        draining.add(drain);
        drain.begin(answer);
    }

    /** Ends the bodies that are silent for too long, or take too long in all, and completes the requests whose bodies have ended. */
    public void sweep() {
        long now = clock.getAsLong();
        draining.forEach(drain -> drain.check(now));
    }

    /** A response that notes whether the container writes the answer, after the filters. */
    private static final class Answer extends HttpServletResponseWrapper {
        private boolean isLeftToContainer;

        Answer(HttpServletResponse answer) {
            super(answer);
        }

        @Override
        public void sendError(int status) throws IOException {
            isLeftToContainer = true;
            super.sendError(status);
        }

        @Override
        public void sendError(int status, String message) throws IOException {
            isLeftToContainer = true;
            super.sendError(status, message);
        }

        @Override
        public void sendRedirect(String location) throws IOException {
            isLeftToContainer = true;
            super.sendRedirect(location);
        }
    }

    /** One body that is read as it comes. The container's threads call it, and so does the sweep. */
    private final class Drain implements ReadListener {
        private final AsyncContext request;
        private final ServletInputStream body;
        private final DrainLimiter.Slot slot;
        private final long begun = clock.getAsLong();
        private long lastRead = begun;
        private long drained;
        private boolean over;
        private long endedAt;

        Drain(AsyncContext request, ServletInputStream body, DrainLimiter.Slot slot) {
            this.request = request;
            this.body = body;
            this.slot = slot;
        }

        /** Ends the answer, so that the client has all of it, and reads what comes. */
        void begin(HttpServletResponse answer) {
            // The sweep ends it before; this is for a sweep that does not run.
            request.setTimeout(2 * limiter.bounds().longest().toMillis());
            request.addListener(new TimeoutListener(this::end));
            try {
                close(answer);
                body.setReadListener(this);
            } catch (IOException | IllegalStateException e) {
                // The client is gone.
                end();
            }
        }

        private static void close(HttpServletResponse answer) throws IOException {
            try {
                answer.getOutputStream().close();
            } catch (IllegalStateException e) {
                // The answer was written by a writer.
                answer.getWriter().close();
            }
        }

        @Override
        public void onDataAvailable() throws IOException {
            if (isTooLong()) {
                cutOff();
            }
        }

        /** Reads what is there. Returns whether that was too much. */
        private synchronized boolean isTooLong() throws IOException {
            byte[] portion = new byte[PORTION];
            while (!over && body.isReady()) {
                int read = body.read(portion);
                if (read < 0) {
                    return false;
                }
                lastRead = clock.getAsLong();
                drained += read;
                if (drained > limiter.bounds().bytes()) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public void onAllDataRead() {
            end();
        }

        @Override
        public void onError(Throwable failure) {
            end();
        }

        void check(long now) {
            if (isDone(now)) {
                complete();
            } else if (isLate(now)) {
                cutOff();
            }
        }

        private synchronized boolean isDone(long now) {
            return over && now - endedAt > KEPT_NANOS;
        }

        private void complete() {
            draining.remove(this);
            try {
                request.complete();
            } catch (IllegalStateException e) {
                // Expected after a timeout: the container has completed it.
            }
        }

        private synchronized boolean isLate(long now) {
            return !over
                    && (now - lastRead > limiter.bounds().idle().toNanos()
                            || now - begun > limiter.bounds().longest().toNanos());
        }

        private void cutOff() {
            limiter.cutOff();
            end();
        }

        private void end() {
            if (isFirstEnd()) {
                slot.close();
            }
        }

        private synchronized boolean isFirstEnd() {
            boolean first = !over;
            over = true;
            endedAt = first ? clock.getAsLong() : endedAt;
            return first;
        }
    }
}
