package dev.tollgate.it.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.fixture.redis.RedisWire;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.fixture.server.WildFly;
import dev.tollgate.fixture.server.WildFlyBase;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** A node set up as for a company that watches it: metrics for a role, JSON logs, a slow Redis, and taken out in the end. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WatchedNodeIT {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String LOGIN = "Basic "
            + Base64.getEncoder()
                    .encodeToString((IntegrationServers.ADMIN + ":" + IntegrationServers.ADMIN_PASSWORD)
                            .getBytes(StandardCharsets.UTF_8));

    private static WildFlyBase base;
    private static RealRedis redis;
    private static WildFly node;

    @BeforeAll
    static void start() throws IOException {
        redis = RealRedis.start();
        base = IntegrationServers.newBase("watched");
        base.configure(Path.of(System.getProperty("tollgate.test.project"), "server-config/wildfly/json-logs.cli"));
        Map<String, String> settings = IntegrationServers.settings();
        settings.put("tollgate.redis.url", redis.url());
        settings.put("tollgate.redis.budget", "2s");
        settings.put("tollgate.redis.latency-threshold", "250ms");
        settings.put("tollgate.metrics.role", WildFlyBase.ADMIN_ROLE);
        node = WildFly.start(base, IntegrationServers.war(), settings, WildFly.QUICK);
    }

    @AfterAll
    static void stop() {
        if (node != null) {
            node.close();
        }
        redis.close();
    }

    private static HttpResponse<String> get(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(node.baseUrl() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static JsonObject json(String text) {
        try (var reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }

    @Test
    @Order(1)
    void metricsAreForTheRoleThatMayReadThem() {
        HttpResponse<String> refused = get("/metrics");
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.headers().firstValue("WWW-Authenticate").orElse("")).startsWith("Basic");
        assertThat(refused.body()).doesNotContain("tollgate_");
        assertThat(get("/metrics", "Authorization", LOGIN).body()).contains("tollgate_breaker_state");
    }

    @Test
    @Order(2)
    void aSlowRedisMakesReadyDegradedAndIsNotedOnce() {
        Ports.await(
                "ready",
                Duration.ofSeconds(30),
                () -> get("/health/ready").body().contains("\"redis\":\"up\""));
        try (RedisWire wire = new RedisWire(redis.port())) {
            Ports.await("degraded", Duration.ofSeconds(60), () -> {
                // Looks come a second after the last one's answer, which a sleep's end lets go: each meets this sleep's
                // beginning.
                wire.send("DEBUG", "SLEEP", "0.9");
                return get("/health/ready").body().contains("\"redis\":\"degraded\"");
            });
        }
        HttpResponse<String> ready = get("/health/ready");
        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(json(ready.body()).getString("status")).isEqualTo("degraded");
        JsonObject state =
                json(get("/api/v1/admin/redis", "Authorization", LOGIN).body());
        assertThat(state.getString("latencyState")).isEqualTo("high");
        assertThat(state.getInt("latencyThresholdMillis")).isEqualTo(250);
        assertThat(state.getJsonArray("latency").getJsonObject(0).getString("purpose"))
                .isEqualTo("gate");
        assertThat(state.getJsonArray("latency").getJsonObject(0).getInt("maxMicros"))
                .isGreaterThan(250_000);
        Ports.await("the audit row", Duration.ofSeconds(10), () -> rows() > 0);
        assertThat(rows()).isEqualTo(1);
        assertThat(get("/metrics", "Authorization", LOGIN).body()).contains("tollgate_redis_latency_high 1.0");
        Ports.await(
                "Redis's own log of it",
                Duration.ofSeconds(60),
                () -> get("/api/v1/admin/redis", "Authorization", LOGIN).body().contains("\"command\":\"DEBUG\""));
    }

    private static int rows() {
        return json(get("/api/v1/admin/audit?type=LATENCY_HIGH", "Authorization", LOGIN)
                        .body())
                .getInt("total");
    }

    @Test
    @Order(3)
    void theLogIsJsonLineByLine() throws IOException {
        List<String> lines = Files.readAllLines(node.logFile()).stream()
                .filter(line -> line.contains("dev.tollgate"))
                .toList();
        assertThat(lines)
                .isNotEmpty()
                .allSatisfy(line ->
                        assertThat(json(line).keySet()).contains("timestamp", "level", "loggerName", "message"));
        assertThat(lines)
                .filteredOn(line -> json(line).getString("message").startsWith("Redis is slow: trips="))
                .hasSize(1);
    }

    @Test
    @Order(4)
    void anUndeployedApplicationLeavesNoBeansBehind() throws Exception {
        try (Jmx jmx = new Jmx(base.home(), node.managementPort())) {
            assertThat(jmx.ours()).hasSize(3);
            Path deployed = base.directory().resolve("deployments/tollgate.war.deployed");
            Ports.await("deployed", Duration.ofSeconds(20), () -> Files.exists(deployed));
            Files.delete(deployed);
            Ports.await("the beans gone", Duration.ofSeconds(60), () -> {
                try {
                    return jmx.ours().isEmpty();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
        }
    }
}
