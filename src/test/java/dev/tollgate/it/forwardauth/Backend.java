package dev.tollgate.it.forwardauth;

import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.BlockingHandler;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.websockets.core.AbstractReceiveListener;
import io.undertow.websockets.core.BufferedTextMessage;
import io.undertow.websockets.core.WebSocketChannel;
import io.undertow.websockets.core.WebSockets;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * An application that knows nothing of Tollgate, with HTTP/2 and WebSockets. It keeps what it is asked, and answers with the status
 * that its path names after a number. Paths with one of these ends do more:
 *
 * <ul>
 *   <li>{@code /echo}: a WebSocket that says each text again;
 *   <li>{@code /events}: server-sent events, each after {@link #nextEvent};
 *   <li>{@code /shared}: pages of any origin may read the answer, and send a key;
 *   <li>{@code /limited}: bodies of more than {@value #LIMIT} octets are 413, at once.
 * </ul>
 *
 * It listens on 127.0.0.1. Thread-safe.
 */
public final class Backend implements AutoCloseable {

    /** What it says. */
    static final String SAID = "the backend's own word";

    /** The largest body that {@code /limited} takes. */
    static final int LIMIT = 1 << 20;

    private static final int KEPT = 1 << 16;
    private static final int EVENTS = 2;
    private static final int PATIENCE_SECONDS = 30;

    /** How much of a body has come. */
    enum Body {
        COMING,
        WHOLE,
        BROKEN_OFF
    }

    /** A request it got, and what has come of its body by now. */
    static final class Seen {

        private final String method;
        private final String uri;
        private final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        private final ByteArrayOutputStream beginning = new ByteArrayOutputStream();
        private volatile long received;
        private volatile Body state = Body.COMING;

        private Seen(HttpServerExchange exchange) {
            method = exchange.getRequestMethod().toString();
            uri = exchange.getRequestURI()
                    + (exchange.getQueryString().isEmpty() ? "" : "?" + exchange.getQueryString());
            for (HeaderValues values : exchange.getRequestHeaders()) {
                headers.put(values.getHeaderName().toString(), List.copyOf(values));
            }
        }

        private void read(InputStream in) throws IOException {
            byte[] buffer = new byte[KEPT];
            try {
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    beginning.write(buffer, 0, Math.min(read, KEPT - beginning.size()));
                    received += read;
                }
                state = Body.WHOLE;
            } catch (IOException e) {
                state = Body.BROKEN_OFF;
                throw e;
            }
        }

        String method() {
            return method;
        }

        String uri() {
            return uri;
        }

        Map<String, List<String>> headers() {
            return headers;
        }

        /** The field's values; null if it is not there. */
        String header(String name) {
            return headers.containsKey(name) ? String.join(" + ", headers.get(name)) : null;
        }

        /** Its first 64 KiB. */
        String body() {
            return beginning.toString(StandardCharsets.UTF_8);
        }

        /** The octets of the body that have come. */
        long received() {
            return received;
        }

        Body state() {
            return state;
        }
    }

    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final Map<String, Semaphore> events = new ConcurrentHashMap<>();
    private final HttpHandler echo = Handlers.websocket((exchange, channel) -> {
        channel.getReceiveSetter().set(new AbstractReceiveListener() {
            @Override
            protected void onFullTextMessage(WebSocketChannel from, BufferedTextMessage message) {
                WebSockets.sendText(message.getData(), from, null);
            }
        });
        channel.resumeReceives();
    });
    private final Undertow server;

    public Backend() {
        server = Undertow.builder()
                .addHttpListener(0, "127.0.0.1")
                .setServerOption(UndertowOptions.ENABLE_HTTP2, true)
                .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, -1L)
                .setIoThreads(1)
                .setWorkerThreads(16)
                .setHandler(this::route)
                .build();
        server.start();
    }

    private void route(HttpServerExchange exchange) throws Exception {
        Seen request = new Seen(exchange);
        seen.add(request);
        if (request.uri.endsWith("/echo")) {
            echo.handleRequest(exchange);
        } else {
            new BlockingHandler(blocking -> serve(blocking, request)).handleRequest(exchange);
        }
    }

    private void serve(HttpServerExchange exchange, Seen request) throws IOException, InterruptedException {
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain");
        boolean tooLarge = request.uri.endsWith("/limited") && exchange.getRequestContentLength() > LIMIT;
        if (!tooLarge) {
            request.read(exchange.getInputStream());
        }
        if (request.uri.endsWith("/shared")) {
            share(exchange);
        }
        if (request.uri.endsWith("/events")) {
            tell(exchange, eventsOf(request.uri));
            return;
        }
        exchange.setStatusCode(
                tooLarge ? 413 : request.uri.matches(".*/[0-9]+/[1-5][0-9]{2}") ? statusIn(request.uri) : 200);
        byte[] said = SAID.getBytes(StandardCharsets.UTF_8);
        exchange.setResponseContentLength(said.length);
        OutputStream out = exchange.getOutputStream();
        out.write(said);
        out.flush();
        if (tooLarge) {
            // As the client may be writing still, it reads the answer only if what it writes is taken.
            request.read(exchange.getInputStream());
        }
        out.close();
    }

    private Semaphore eventsOf(String path) {
        return events.computeIfAbsent(path, any -> new Semaphore(0));
    }

    private static void share(HttpServerExchange exchange) {
        HeaderMap fields = exchange.getResponseHeaders();
        fields.put(HttpString.tryFromString("Access-Control-Allow-Origin"), "*");
        fields.put(HttpString.tryFromString("Access-Control-Allow-Headers"), "X-API-Key");
        fields.put(HttpString.tryFromString("Access-Control-Max-Age"), "600");
        fields.put(HttpString.tryFromString("Access-Control-Expose-Headers"), "X-App");
        fields.put(HttpString.tryFromString("X-App"), "its own");
        fields.put(Headers.CACHE_CONTROL, "no-store");
    }

    private static int statusIn(String uri) {
        return Integer.parseInt(uri.substring(uri.length() - 3));
    }

    private static void tell(HttpServerExchange exchange, Semaphore next) throws IOException, InterruptedException {
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/event-stream");
        OutputStream out = exchange.getOutputStream();
        for (int i = 1; i <= EVENTS; i++) {
            if (!next.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("nobody wants the event " + i);
            }
            out.write(("data: " + i + "\n\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
        out.close();
    }

    /** Lets the stream of events at a path tell one more. */
    void nextEvent(String path) {
        eventsOf(path).release();
    }

    public int port() {
        return ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
    }

    /** The requests whose path begins so. */
    List<Seen> seen(String path) {
        return seen.stream().filter(request -> request.uri.startsWith(path)).toList();
    }

    @Override
    public void close() {
        server.stop();
    }
}
