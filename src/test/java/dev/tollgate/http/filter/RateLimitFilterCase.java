package dev.tollgate.http.filter;

import dev.tollgate.core.account.RequestAttributes;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.redis.RealRedis;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/**
 * A node with the filter before servlets that know nothing of the gate, and one account with a key of the free tier. Each class has
 * a Redis of its own, which is empty before each test.
 */
abstract class RateLimitFilterCase {

    static final HttpClient HTTP = HttpClient.newHttpClient();

    private static final Servlet PLAIN =
            servlet((request, response) -> response.getWriter().print("served"));
    private static final Servlet FAILING = servlet((request, response) -> response.sendError(500));
    private static final Servlet THROWING = servlet((request, response) -> {
        throw new IOException("on purpose");
    });
    private static final Servlet LATER = servlet((request, response) -> {
        AsyncContext later = request.startAsync();
        later.start(() -> {
            try {
                later.getResponse().getWriter().print("later");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            later.complete();
        });
    });
    private static final Servlet ODD = servlet((request, response) -> {
        request.setAttribute(RequestAttributes.PROVIDER, "No Provider's Name");
        request.setAttribute(RequestAttributes.FILE_SIZE, Long.MAX_VALUE);
        request.setAttribute(RequestAttributes.FILE_TYPE, "Text/HTML; charset=UTF-8");
    });
    private static final Servlet AGAIN = servlet((request, response) -> {
        if (request.getAttribute("again") == null) {
            request.setAttribute("again", true);
            request.startAsync().dispatch("/plain");
        }
    });

    static RealRedis redis;

    final InMemoryDirectory directory = new InMemoryDirectory();
    GuardedServer node;
    String account;
    String key;

    private interface Body {
        void serve(HttpServletRequest request, HttpServletResponse response) throws IOException;
    }

    private static Servlet servlet(Body body) {
        return new HttpServlet() {
            private static final long serialVersionUID = 1L;

            @Override
            protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
                body.serve(request, response);
            }
        };
    }

    @BeforeAll
    static void startRedis() {
        redis = RealRedis.start();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @BeforeEach
    void start() throws Exception {
        node = node(GuardedServer.Setup.PLAIN);
        node.client.getKeys().flushall();
        account = directory.newAccount();
        key = directory.newKey(account, "free", OptionalLong.empty());
    }

    @AfterEach
    void stop() throws Exception {
        node.close();
    }

    GuardedServer node(GuardedServer.Setup setup) throws Exception {
        return new GuardedServer(
                redis,
                directory,
                setup,
                Map.of(
                        "/plain",
                        PLAIN,
                        "/failing",
                        FAILING,
                        "/throwing",
                        THROWING,
                        "/later",
                        LATER,
                        "/again",
                        AGAIN,
                        "/odd",
                        ODD));
    }

    static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpRequest.Builder with(String secret, String path) {
        return HttpRequest.newBuilder(node.uri(path)).header("X-API-Key", secret);
    }

    static long remaining(HttpResponse<String> response) {
        return Long.parseLong(
                response.headers().firstValue("X-RateLimit-Remaining").orElseThrow());
    }

    void awaitPolicy(GuardedServer at, String secret, String policy) {
        Ports.await("the policy " + policy, Duration.ofSeconds(2), () -> {
            try {
                return send(HttpRequest.newBuilder(at.uri("/plain")).header("X-API-Key", secret))
                        .headers()
                        .firstValue("RateLimit-Policy")
                        .orElse("")
                        .contains(policy);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    static int status(GuardedServer at, String secret) {
        try {
            return send(HttpRequest.newBuilder(at.uri("/plain")).header("X-API-Key", secret))
                    .statusCode();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
