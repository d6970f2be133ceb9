package dev.tollgate.it.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.docs.FaultTable;
import dev.tollgate.docs.FaultTable.Row;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.postgres.RealPostgres;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.fixture.redis.RedisWire;
import dev.tollgate.fixture.server.AppServer;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.fixture.server.WildFly;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.Node;
import dev.tollgate.redis.seal.SealedEntries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A server that starts while its PostgreSQL, which has no schema yet, is down; its passwords are in its own store, its data
 * source has a name of its own.
 */
class DatabaseDownAtStartIT {

    private static final String ACCOUNT = "22222222-2222-4222-8222-222222222222";
    private static final String KEY = "33333333-3333-4333-8333-333333333333";

    /** What the server itself says of the deployment, and of its own start. */
    private static final int DEPLOYMENT_LINES = 15;

    private static final int AUDIT_BUFFER = 10;

    private static final int ANONYMOUS_WINDOW = 10;

    private static final String SEAL = "a secret \"of the tests\", 32 characters and more";

    private static final String REDIS_PASSWORD = "kept \"well\" by $erver";

    @Test
    void knownKeysAreServedMeanwhileAndTheSchemaIsMadeWhenItIsBack() {
        try (RealRedis redis = RealRedis.start();
                RealPostgres postgres = RealPostgres.start()) {
            postgres.provide("tollgate", "integration-tests");
            postgres.kill();
            Map<String, String> settings = new TreeMap<>();
            settings.put("tollgate.redis.url", redis.url());
            settings.put("tollgate.redis.budget", "500ms");
            settings.put("tollgate.audit.buffer", Integer.toString(AUDIT_BUFFER));
            settings.put("tollgate.trusted-proxies", "127.0.0.0/8,::1");
            settings.put("tollgate.redis.user", "tollgate");
            settings.put("tollgate.redis.password", REDIS_PASSWORD);
            settings.put("tollgate.redis.seal", SEAL);
            settings.put("tollgate.datasource", "jdbc/theirs");
            settings.put("tollgate.jdbc.url", postgres.jdbcUrl("tollgate"));
            settings.put("tollgate.jdbc.user", "tollgate");
            settings.put("tollgate.jdbc.password", "integration-tests");
            ApiKeyToken known = ApiKeyToken.generate();
            remember(redis, known);
            long begun = System.nanoTime();
            Path logOfStop;
            try (AppServer server = IntegrationServers.startWithSecrets("database-down", settings, WildFly.QUICK)) {
                System.out.println("[start] without PostgreSQL it serves after "
                        + (System.nanoTime() - begun) / 1_000_000 + " ms");
                Node node = new Node("node", server);
                Ports.await(
                        "PostgreSQL told to be down",
                        Duration.ofSeconds(30),
                        () -> node.components().get("postgres").equals("down"));
                Row row = FaultTable.row("PostgreSQL down at start");
                assertThat(node.components()).containsEntry(row.component(), row.state());
                HttpResponse<String> ready = node.send(HttpRequest.newBuilder(node.at("/health/ready")));
                assertThat(ready.statusCode()).isEqualTo(200);
                assertThat(AdminClient.json(ready).getString("status")).isEqualTo("degraded");
                HttpResponse<String> served = check(node, known);
                assertThat(served.statusCode()).as(served.body()).isEqualTo(204);
                assertThat(served.headers().firstValue("RateLimit")).isPresent();
                HttpResponse<String> unknown = check(node, ApiKeyToken.generate());
                assertThat(unknown.statusCode()).isEqualTo(503);
                assertThat(unknown.body()).contains("DIRECTORY_UNAVAILABLE");
                assertThat(unknown.headers().firstValue("Retry-After")).isPresent();
                overfillAudit(node);
                long back = System.nanoTime();
                postgres.restart();
                Ports.await("all well", Duration.ofMinutes(1), node::isWell);
                assertFewLinesOfAnOutage(server);
                for (String line : List.of(row.begins(), row.ends())) {
                    assertThat(linesSince(server.logFile(), ""))
                            .filteredOn(logged -> logged.contains(line))
                            .as(line)
                            .hasSize(1);
                }
                System.out.println("[start] all well " + (System.nanoTime() - back) / 1_000_000
                        + " ms after PostgreSQL was started");
                HttpResponse<String> noted = node.operator().send("GET", "/audit?type=LIMIT_EXCEEDED", null);
                assertThat(AdminClient.json(noted).getInt("total"))
                        .as("what waited is written once there are tables")
                        .isGreaterThanOrEqualTo(AUDIT_BUFFER);
                AdminClient.Key fresh = node.operator().newKey(node.operator().newAccount("pro"));
                assertThat(check(node, fresh.secret()).statusCode()).isEqualTo(204);
                assertThat(check(node, ApiKeyToken.generate()).statusCode()).isEqualTo(401);
                assertThatALostDatabaseIsAFewLines(node, server, postgres);
                logOfStop = server instanceof WildFly ? server.logFile() : null;
            }
            if (logOfStop != null) {
                assertThat(linesSince(logOfStop, "WFLYSRV0272"))
                        .as("a stop is no error")
                        .isNotEmpty()
                        .noneMatch(line -> line.matches(".* (ERROR|WARN) .*|\\s+at .*"));
            }
        }
    }

    /** Kills a database that the pool has connections to. */
    private static void assertThatALostDatabaseIsAFewLines(Node node, AppServer server, RealPostgres postgres) {
        int before = linesSince(server.logFile(), "").size();
        postgres.kill();
        Ports.await("PostgreSQL told to be down", Duration.ofSeconds(30), () -> {
            check(node, ApiKeyToken.generate());
            return node.components().get("postgres").equals("down");
        });
        for (int i = 0; i < 20; i++) {
            check(node, ApiKeyToken.generate());
        }
        List<String> said = linesSince(server.logFile(), "");
        assertThat(said.subList(before, said.size()))
                .hasSizeBetween(1, 20)
                .anySatisfy(line -> assertThat(line).contains("PostgreSQL does not answer", "refused"));
    }

    /** Counts the server's own lines too, but not the one that each migration has. */
    private static void assertFewLinesOfAnOutage(AppServer server) {
        assertThat(linesSince(server.logFile(), "Tollgate "))
                .as("an outage is a few lines, however many requests and looks there were")
                .filteredOn(line -> !line.contains("Migrating schema"))
                .hasSizeLessThanOrEqualTo(10 + DEPLOYMENT_LINES)
                .filteredOn(line -> line.contains("PostgreSQL") || line.contains("database schema"))
                .hasSizeBetween(2, 4)
                .anySatisfy(line -> assertThat(line).contains("refused"));
    }

    /**
     * Returns the lines of the server's log from the first with a text on. Payara writes two for an event: its fields, and below them
     * the message, which are one here.
     */
    private static List<String> linesSince(Path log, String text) {
        try {
            return Stream.of(Files.readString(log).replace(" [[\n", " ").split("\n"))
                    .filter(line -> !line.isBlank())
                    .dropWhile(line -> !line.contains(text))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The event that is being written waits outside the buffer, with at most those that came before the first look. */
    private static void overfillAudit(Node node) {
        assertThat(droppedAudit(node)).isZero();
        for (int stranger = 0; stranger < 3 * AUDIT_BUFFER; stranger++) {
            HttpResponse<String> last = null;
            for (int i = 0; i <= ANONYMOUS_WINDOW; i++) {
                last = node.send(HttpRequest.newBuilder(node.at("/api/v1/check"))
                        .header("X-Forwarded-For", "203.0.113." + stranger));
            }
            assertThat(last.statusCode()).as(last.body()).isEqualTo(429);
        }
        assertThat(droppedAudit(node)).isPositive().isLessThan(3 * AUDIT_BUFFER);
        assertThat(node.components()).containsEntry("audit", "degraded");
    }

    private static double droppedAudit(Node node) {
        return node.send(HttpRequest.newBuilder(node.at("/metrics")))
                .body()
                .lines()
                .filter(line -> line.startsWith("tollgate_dropped_total{buffer=\"audit\"} "))
                .mapToDouble(line -> Double.parseDouble(line.split(" ")[1]))
                .findFirst()
                .orElseThrow();
    }

    private static void remember(RealRedis redis, ApiKeyToken token) {
        try (RedisWire wire = new RedisWire(redis.port())) {
            wire.send("ACL", "SETUSER", "tollgate", "on", ">" + REDIS_PASSWORD, "~*", "&*", "+@all");
            ApiKey key = new ApiKey(KEY, ACCOUNT, "", token.prefix(), true, Instant.EPOCH, null, OptionalLong.empty());
            wire.send("SET", "apikey:{" + token.hash() + "}", SealedEntries.key(SEAL, token.hash(), key, "pro"));
        }
    }

    private static HttpResponse<String> check(Node node, ApiKeyToken key) {
        return check(node, key.reveal());
    }

    private static HttpResponse<String> check(Node node, String secret) {
        return node.send(HttpRequest.newBuilder(node.at("/api/v1/check")).header("X-API-Key", secret));
    }
}
