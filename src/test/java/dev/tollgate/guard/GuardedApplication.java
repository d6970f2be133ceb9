package dev.tollgate.guard;

import dev.tollgate.config.Settings;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.http.filter.RateLimitFilter;
import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.server.handlers.BlockingHandler;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** A fixture: an application behind a guard in Undertow, with a client for requests. */
final class GuardedApplication implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String UNGUARDED = "/unguarded";

    private final ServerGuard guard;
    private final DeploymentManager deployment;
    private final Undertow server;

    /** A callback of the application for each request. */
    interface Saying {
        void of(HttpServletRequest request);
    }

    GuardedApplication(Map<String, String> settings, Saying saying) throws Exception {
        this(settings, false, 16, new HttpServlet() {
            @Override
            protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
                saying.of(request);
                response.getWriter().print("served");
            }
        });
    }

    /**
     * An application without a callback, behind a guard with the tests' seal.
     *
     * @param settings names and values in turn, in place of those that all such guards have
     */
    static GuardedApplication at(RealRedis redis, String... settings) throws Exception {
        Map<String, String> all = new TreeMap<>(Map.of(
                "tollgate.redis.url",
                redis.url(),
                "tollgate.redis.budget",
                "1s",
                "tollgate.ban.steps",
                "1000=5m",
                "tollgate.redis.seal",
                NodeWithDatabase.SEAL));
        for (int i = 0; i < settings.length; i += 2) {
            all.put(settings[i], settings[i + 1]);
        }
        return new GuardedApplication(all, request -> {});
    }

    /**
     * @param deferring whether requests wait for Redis without a thread
     * @param threads for requests
     * @param servlet the application
     */
    GuardedApplication(Map<String, String> settings, boolean deferring, int threads, HttpServlet servlet)
            throws Exception {
        guard = ServerGuard.open(Settings.of(settings));
        Filter filter = (request, response, chain) -> {
            if (deferring) {
                request.setAttribute(RateLimitFilter.DEFERRABLE, Boolean.TRUE);
            }
            guard.filter().doFilter(request, response, chain);
        };
        deployment = Servlets.defaultContainer()
                .addDeployment(Servlets.deployment()
                        .setClassLoader(GuardedApplication.class.getClassLoader())
                        .setContextPath("/shop")
                        .setDeploymentName("shop")
                        .addFilter(Servlets.filter("guard", filter.getClass(), new ImmediateInstanceFactory<>(filter))
                                .setAsyncSupported(true))
                        .addFilterUrlMapping("guard", "/*", DispatcherType.REQUEST)
                        .addFilterUrlMapping("guard", "/*", DispatcherType.ASYNC)
                        .addServlet(Servlets.servlet("all", servlet.getClass(), new ImmediateInstanceFactory<>(servlet))
                                .addMapping("/*")
                                .setAsyncSupported(true)));
        deployment.deploy();
        server = Undertow.builder()
                .addHttpListener(0, "127.0.0.1")
                .setWorkerThreads(threads)
                .setHandler(Handlers.path()
                        .addPrefixPath("/shop", deployment.start())
                        .addExactPath(
                                UNGUARDED,
                                new BlockingHandler(
                                        exchange -> exchange.getResponseSender().send("served"))))
                .build();
        server.start();
    }

    private HttpRequest.Builder request(String path, String key) {
        InetSocketAddress address =
                (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + address.getPort() + "/shop" + path));
        if (key != null) {
            request.header("X-API-Key", key);
        }
        return request;
    }

    /** Sends a request without waiting for the response. */
    CompletableFuture<HttpResponse<String>> ask(String path, String key) {
        return HTTP.sendAsync(request(path, key).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Sends a request to an unguarded application of the server, which responds once a thread is free. */
    CompletableFuture<HttpResponse<String>> askUnguarded() {
        InetSocketAddress address =
                (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + address.getPort() + UNGUARDED))
                .build();
        return HTTP.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    /** Requests a WebSocket, which the client above cannot, and returns the whole response. */
    String upgrade(String path) {
        InetSocketAddress address =
                (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
        String request = "GET /shop" + path
                + " HTTP/1.1\r\nHost: shop\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\n\r\n";
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    HttpResponse<String> get(String path, String key) {
        try {
            return HTTP.send(request(path, key).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Returns the limits in a response to a key; empty if there are none. */
    String limits(String key) {
        return get("/", key).headers().firstValue("RateLimit-Policy").orElse("");
    }

    int status(String path, String key) {
        return get(path, key).statusCode();
    }

    @Override
    public void close() throws jakarta.servlet.ServletException {
        server.stop();
        deployment.stop();
        deployment.undeploy();
        guard.close();
    }
}
