package dev.tollgate.it.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.docs.FaultTable;
import dev.tollgate.docs.FaultTable.Row;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.postgres.RealPostgres;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.fixture.redis.RedisWire;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.fixture.server.WildFly;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.Node;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The faults of the table in docs/operations.md, made one after the other on one node. Each test takes what readiness and the log
 * must say from the table.
 */
class FaultTableIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    private static RealRedis redis;
    private static RealPostgres postgres;
    private static WildFly server;
    private static Node node;
    private static AdminClient.Key key;

    @BeforeAll
    static void start() {
        redis = RealRedis.start();
        allow("+@all");
        postgres = RealPostgres.startUnsynced();
        postgres.provide("tollgate", "integration-tests");
        Map<String, String> settings = IntegrationServers.settings();
        settings.put("tollgate.redis.url", redis.url());
        settings.put("tollgate.redis.user", "tollgate");
        settings.put("tollgate.redis.password", "secret");
        settings.put("tollgate.redis.budget", "500ms");
        settings.put("tollgate.jdbc.url", postgres.jdbcUrl("tollgate"));
        server = WildFly.start(IntegrationServers.newBase("faults"), IntegrationServers.war(), settings, WildFly.QUICK);
        node = new Node("node", server);
        Ports.await("all well", SOON, node::isWell);
        key = node.operator().newKey(node.operator().newAccount("pro"));
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
        postgres.close();
        redis.close();
    }

    private static void allow(String rights) {
        wire("ACL", "SETUSER", "tollgate", "on", ">secret", "~*", "&*", rights);
    }

    private static Object wire(String... command) {
        try (RedisWire wire = new RedisWire(redis.port())) {
            return wire.send(command);
        }
    }

    /** The lines of Tollgate's that tell of a change of state of Redis or PostgreSQL. */
    private static List<String> said() {
        try {
            return Files.readAllLines(server.logFile()).stream()
                    .filter(line -> line.contains("[dev.tollgate"))
                    .map(line -> line.replaceFirst("^.*?[)] ", ""))
                    .filter(line -> line.matches("(Redis|PostgreSQL|the database) .*"))
                    .filter(line -> !line.matches(
                            "Redis (is slow|is no longer slow|answers reports|does not answer reports).*"))
                    .collect(Collectors.toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void request() {
        node.send(HttpRequest.newBuilder(node.at("/api/v1/check")).header("X-API-Key", key.secret()));
    }

    /** Makes a fault and ends it, and compares what readiness and the log say with the table. */
    private static void faultIsAsTheTableSays(String fault, Runnable begin, Runnable end) {
        Row row = FaultTable.row(fault);
        int before = said().size();
        begin.run();
        Ports.await(fault + ": " + row.component() + " is " + row.state(), SOON, () -> {
            request();
            return row.state().equals(node.components().get(row.component()))
                    && (row.begins().isEmpty() || said().size() > before);
        });
        assertThat(node.send(HttpRequest.newBuilder(node.at("/health/ready"))).statusCode())
                .isEqualTo(200);
        for (int i = 0; i < 20; i++) {
            request();
        }
        assertLines(said().subList(before, said().size()), row.begins());
        int meanwhile = said().size();
        end.run();
        Ports.await(fault + " is over", SOON, () -> {
            request();
            return node.isWell() && (row.ends().isEmpty() || said().size() > meanwhile);
        });
        assertLines(said().subList(meanwhile, said().size()), row.ends());
    }

    private static void assertLines(List<String> lines, String beginning) {
        if (beginning.isEmpty()) {
            assertThat(lines).isEmpty();
        } else {
            assertThat(lines).singleElement().asString().startsWith(beginning);
        }
    }

    @Test
    void redisDown() {
        faultIsAsTheTableSays("Redis down", redis::kill, () -> {
            redis.restart();
            allow("+@all");
        });
    }

    @Test
    void redisFrozen() {
        faultIsAsTheTableSays("Redis frozen", redis::freeze, redis::thaw);
        assertThat(server.logFile())
                .content()
                .as("what the client says of each connection")
                .doesNotContain("PING command");
    }

    @Test
    void redisEmptied() {
        faultIsAsTheTableSays("Redis emptied", () -> wire("FLUSHALL"), () -> {});
    }

    @Test
    void scriptsFlushed() {
        faultIsAsTheTableSays("Redis's scripts flushed", () -> wire("SCRIPT", "FLUSH"), () -> {});
    }

    @Test
    void redisFull() {
        faultIsAsTheTableSays(
                "Redis full",
                () -> wire("CONFIG", "SET", "maxmemory", "1"),
                () -> wire("CONFIG", "SET", "maxmemory", "0"));
    }

    @Test
    void redisDeniesARight() {
        faultIsAsTheTableSays("Redis denies a right", () -> allow("-hincrby"), () -> allow("+hincrby"));
    }

    @Test
    void postgresDown() {
        faultIsAsTheTableSays("PostgreSQL down", postgres::kill, postgres::restart);
    }

    @Test
    void passwordGuessing() {
        faultIsAsTheTableSays(
                "password guessing",
                () -> {
                    for (int i = 0; i < 20; i++) {
                        node.send(HttpRequest.newBuilder(node.at("/api/v1/check"))
                                .header("X-API-Key", ApiKeyToken.generate().reveal()));
                        node.send(HttpRequest.newBuilder(node.at("/api/v1/admin/overview"))
                                .header("Authorization", "Basic YWRtaW46d3Jvbmc="));
                    }
                },
                () -> {});
    }
}
