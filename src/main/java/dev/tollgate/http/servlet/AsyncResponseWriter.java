package dev.tollgate.http.servlet;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.tollgate.core.problem.Problems;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;

/**
 * A writer of large bodies for clients without a key, which holds no thread while a client reads slowly. A client that stops
 * reading costs its connection, for {@value #TIMEOUT_MILLIS} ms at most.
 *
 * <p>The answer is the last one of its connection. A server that takes the next request while an answer waits to be read, as
 * Payara's does, would otherwise keep all answers of a client that never reads. Over HTTP/2, where answers share a connection,
 * at most {@value #MAX_PER_CONNECTION} wait on one; further ones are 503.
 */
public final class AsyncResponseWriter {

    private static final long TIMEOUT_MILLIS = 30_000;
    private static final int PORTION = 16 * 1024;
    private static final int MAX_PER_CONNECTION = 4;

    private static final UnreadResponseLimiter UNREAD =
            new UnreadResponseLimiter(MAX_PER_CONNECTION, Duration.ofMillis(TIMEOUT_MILLIS), Ticker.systemTicker());

    private AsyncResponseWriter() {}

    /** Sends the body, which must not change any more; returns before it is sent. Status and fields are set. */
    public static void send(byte[] body, HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (isBodyAnnounced(request)) {
            ProblemWriter.send(
                    Problems.badRequest("This path takes no body. Send the request without one."), request, response);
            return;
        }
        if (request.getMethod().equals("HEAD")) {
            response.setContentLength(body.length);
            response.setHeader("Connection", "close");
            return;
        }
        UnreadResponseLimiter.Permit permit =
                UNREAD.tryAcquire(request.getRemoteAddr() + " " + request.getRemotePort());
        if (permit == null) {
            ProblemWriter.send(
                    Problems.unavailable(
                            "UNREAD_ANSWERS",
                            "Earlier answers on this connection are not read yet. Read them, and ask again.",
                            1),
                    request,
                    response);
            return;
        }
        try {
            begin(body, request, response, permit);
        } catch (IOException | RuntimeException e) {
            permit.release();
            throw e;
        }
    }

    private static void begin(
            byte[] body, HttpServletRequest request, HttpServletResponse response, UnreadResponseLimiter.Permit permit)
            throws IOException {
        response.setContentLength(body.length);
        response.setHeader("Connection", "close");
        ServletOutputStream out = response.getOutputStream();
        AsyncContext context = request.startAsync(request, response);
        context.addListener(new PlaceBack(permit));
        context.setTimeout(TIMEOUT_MILLIS);
        // On a timeout, complete() closes the connection, because the answer is not whole.
        context.addListener(new TimeoutListener(context::complete));
        out.setWriteListener(new Writing(body, out, context, permit));
    }

    private static boolean isBodyAnnounced(HttpServletRequest request) {
        return request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null;
    }

    /** Gives a connection's place back, whatever ended the answer. */
    private record PlaceBack(UnreadResponseLimiter.Permit place) implements AsyncListener {
        @Override
        public void onComplete(AsyncEvent event) {
            place.release();
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            place.release();
        }

        @Override
        public void onError(AsyncEvent event) {
            place.release();
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            // Never called: this class starts no asynchronous work again.
        }
    }

    /**
     * Ends an answer in a task of the container's. Grizzly goes on with the connection's next request within the call that ends the
     * last one: a thousand sent ahead would be a thousand calls deep. The place is given back then and no sooner: what is handed
     * to the container may still wait there.
     */
    private static void end(AsyncContext context, UnreadResponseLimiter.Permit permit) {
        context.start(() -> {
            try {
                context.complete();
            } finally {
                permit.release();
            }
        });
    }

    private static final class Writing implements WriteListener {
        private final byte[] body;
        private final ServletOutputStream out;
        private final AsyncContext context;
        private final UnreadResponseLimiter.Permit permit;
        private int sent;

        Writing(byte[] body, ServletOutputStream out, AsyncContext context, UnreadResponseLimiter.Permit permit) {
            this.body = body;
            this.out = out;
            this.context = context;
            this.permit = permit;
        }

        @Override
        public void onWritePossible() throws IOException {
            try {
                write();
            } catch (IOException | RuntimeException e) {
                permit.release();
                throw e;
            }
        }

        private void write() throws IOException {
            while (out.isReady()) {
                if (sent == body.length) {
                    end(context, permit);
                    return;
                }
                int portion = Math.min(PORTION, body.length - sent);
                out.write(body, sent, portion);
                sent += portion;
            }
        }

        @Override
        public void onError(Throwable failure) {
            end(context, permit);
        }
    }
}
