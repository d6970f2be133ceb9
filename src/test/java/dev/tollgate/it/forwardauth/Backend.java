package dev.tollgate.it.forwardauth;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An application that knows nothing of Tollgate: it keeps what it is asked, and answers with the status its path ends in. */
final class Backend implements AutoCloseable {

    /** What it said. */
    static final String SAID = "the backend's own word";

    /** A request it got. */
    record Seen(String method, String uri, Headers headers, String body) {

        String header(String name) {
            List<String> values = headers.get(name);
            return values == null ? null : String.join(" + ", values);
        }
    }

    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;

    Backend() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
    }

    private void serve(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String uri = exchange.getRequestURI().toString();
        seen.add(new Seen(exchange.getRequestMethod(), uri, exchange.getRequestHeaders(), body));
        int status = uri.matches(".*/[1-5][0-9]{2}") ? Integer.parseInt(uri.substring(uri.length() - 3)) : 200;
        byte[] said = SAID.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain");
        exchange.sendResponseHeaders(status, said.length);
        exchange.getResponseBody().write(said);
        exchange.close();
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** The requests whose path begins so. */
    List<Seen> seen(String path) {
        return seen.stream().filter(request -> request.uri().startsWith(path)).toList();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
