package dev.tollgate.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.limit.AccountStateSource;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.fixture.redis.RedisWire;
import dev.tollgate.http.route.RoutePolicies;
import dev.tollgate.redis.connection.RedisMonitor;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisson.client.codec.StringCodec;

/** Tollgate's routes that consume nothing say where the caller stands all the same, however they answer. */
class UnchargedRoutesTest {

    private static final String ANALYTICS = "/api/v1/analytics";

    private static final Servlet ANY_WAY = new HttpServlet() {
        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            switch (String.valueOf(request.getQueryString())) {
                case "nothing" -> response.setStatus(204);
                case "stream" -> response.getOutputStream().write(new byte[100_000]);
                case "flushed" -> response.flushBuffer();
                case "error" -> response.sendError(404);
                case "redirect" -> response.sendRedirect("/elsewhere");
                case "later" -> {
                    AsyncContext later = request.startAsync(request, response);
                    later.start(() -> {
                        try {
                            later.getResponse().getWriter().print("later");
                        } catch (IOException e) {
                            throw new IllegalStateException(e);
                        }
                        later.complete();
                    });
                }
                default -> response.getWriter().print("report");
            }
        }
    };

    private final HttpClient http = HttpClient.newHttpClient();
    private final InMemoryDirectory directory = new InMemoryDirectory();
    private final String account = directory.newAccount();
    private final String key = directory.newKey(account, "free", OptionalLong.empty());
    private RealRedis redis;
    private GuardedServer node;

    @BeforeEach
    void start() throws Exception {
        redis = RealRedis.start();
        node = new GuardedServer(
                GuardedServer.Way.patient(redis),
                directory,
                new GuardedServer.Setup(
                        RoutePolicies.ofTollgate(Optional.empty()),
                        List.of(),
                        List.of("127.0.0.2/32"),
                        FailureMode.OPEN),
                Map.of(ANALYTICS, ANY_WAY, "/api/v1/check", ANY_WAY));
    }

    @AfterEach
    void stop() throws Exception {
        node.close();
        redis.close();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(node.uri(path)).header("X-API-Key", key).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String limit(HttpResponse<String> response) {
        return response.headers().firstValue("RateLimit").orElse("");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?nothing", "?stream", "?flushed", "?error", "?redirect", "?later"})
    void theFieldsAreThereHoweverItAnswersAndNothingIsConsumed(String query) throws Exception {
        for (int i = 0; i < 3; i++) {
            get("/api/v1/check");
        }
        for (int i = 0; i < 3; i++) {
            HttpResponse<String> response = get(ANALYTICS + query);
            assertThat(limit(response)).startsWith("\"minute\";r=7;t=").contains("\"month\";r=997;");
            assertThat(response.headers().firstValue("RateLimit-Policy").orElse(""))
                    .startsWith("\"minute\";q=10;w=60, \"month\";q=1000;w=");
            assertThat(response.headers().allValues("X-RateLimit-Remaining")).containsExactly("7");
        }
        assertThat(limit(get("/api/v1/check"))).startsWith("\"minute\";r=6;");
    }

    @Test
    void anAccountRedisKnowsNothingOfIsToldItsMonthAsTheDatabaseHasIt() throws Exception {
        node.close();
        node = new GuardedServer(
                new GuardedServer.Way(
                        redis.url(),
                        GuardedServer.Way.patient(redis).budget(),
                        GuardedServer.Way.patient(redis).patience(),
                        GuardedServer.Way.patient(redis).timeout(),
                        GuardedServer.Way.patient(redis).breaker(),
                        (caller, month) -> CompletableFuture.completedFuture(
                                new AccountStateSource.AccountState(900, Optional.empty()))),
                directory,
                new GuardedServer.Setup(
                        RoutePolicies.ofTollgate(Optional.empty()), List.of(), List.of(), FailureMode.OPEN),
                Map.of(ANALYTICS, ANY_WAY));
        assertThat(limit(get(ANALYTICS))).contains("\"month\";r=100;");
    }

    @Test
    void theBannedReadTheirReportsAndAreToldThatNothingRemains() throws Exception {
        node.store
                .ban(Caller.account(account), BanLevel.PERMANENT, "enough")
                .toCompletableFuture()
                .join();
        HttpResponse<String> response = get(ANALYTICS);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(limit(response)).startsWith("\"minute\";r=0");
        assertThat(get("/api/v1/check").statusCode()).isEqualTo(403);
    }

    @Test
    void withoutRedisTheAnswerIsThereWithoutTheFields() throws Exception {
        assertThat(limit(get(ANALYTICS))).isNotEmpty();
        redis.kill();
        for (int i = 0; i < 10; i++) {
            HttpResponse<String> response = get(ANALYTICS);
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("report");
            assertThat(limit(response)).isEmpty();
        }
    }

    @Test
    void aLookIsOneCommandBesideThoseOfTheRouteAndWritesNothing() throws Exception {
        get("/api/v1/check");
        get(ANALYTICS);
        // What was looked up is written to Redis behind the request's back.
        Ports.await("the tier in Redis, after the key", Duration.ofSeconds(10), () -> keys("tier:*") > 0);
        try (RedisMonitor monitor = new RedisMonitor(redis.port())) {
            get(ANALYTICS);
            // Besides, a node looks now and then whether it missed an edit.
            assertThat(monitor.commands("looked", this::tell))
                    .filteredOn(command -> !command.equals("GET"))
                    .containsExactly("EVALSHA");
        }
    }

    private int keys(String pattern) {
        try (RedisWire wire = new RedisWire(redis.port())) {
            return ((List<?>) wire.send("KEYS", pattern)).size();
        }
    }

    private void tell() {
        node.client.getBucket("looked", StringCodec.INSTANCE).isExists();
    }
}
