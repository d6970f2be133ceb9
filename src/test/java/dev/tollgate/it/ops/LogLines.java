package dev.tollgate.it.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.postgres.RealPostgres;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.fixture.server.AppServer;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.fixture.server.WildFly;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.Node;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a server writes to its log in outages of a minute and when it starts and stops, its own lines included: {@code mvn -Pfaults
 * verify -Dit.test=LogLines}, with {@code -Ppayara} for Payara. Too long for each build; it prints the table of docs/operations.md.
 */
class LogLines {

    /** What an outage may cost, however long it is. */
    private static final int FEW = 20;

    private static final Duration OUTAGE = Duration.ofSeconds(60);
    private static final Duration SOON = Duration.ofMinutes(1);
    private static final long REQUEST_MILLIS = 20;
    private static final List<String> TABLE = new ArrayList<>();

    @TempDir
    private static Path directory;

    private final RealRedis redis = RealRedis.startProtected(directory.resolve("redis"), Ports.free(), "secret");
    private final RealPostgres postgres = RealPostgres.startUnsynced();

    private Map<String, String> settings() {
        postgres.provide("tollgate", "integration-tests");
        Map<String, String> settings = IntegrationServers.settings();
        settings.put("tollgate.redis.url", "redis://127.0.0.1:" + redis.port());
        settings.put("tollgate.redis.password", "secret");
        settings.put("tollgate.jdbc.url", postgres.jdbcUrl("tollgate"));
        return settings;
    }

    /** Lines that say something: Payara writes two for an event, its fields and below them the message. */
    private static List<String> lines(AppServer server) {
        try {
            return Files.readString(server.logFile())
                    .replace(" [[\n", " ")
                    .lines()
                    .filter(line -> !line.isBlank())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Notes what was written since, and that it is little. */
    private static int noted(String what, AppServer server, int before, int most) {
        List<String> all = lines(server);
        List<String> said = all.subList(before, all.size());
        long ours = said.stream().filter(line -> line.contains("dev.tollgate")).count();
        long traces = said.stream().filter(line -> line.matches("\\s+at .*")).count();
        TABLE.add("| %s | %d | %d |".formatted(what, said.size(), ours));
        System.out.println("[lines] " + what + ": " + said.size() + ", of Tollgate " + ours);
        said.forEach(line -> System.out.println("    " + line));
        assertThat(traces).as("lines of stack traces, %s", what).isZero();
        assertThat(said.size()).as(what).isLessThanOrEqualTo(most);
        return all.size();
    }

    @AfterAll
    static void print() {
        System.out.println("| event | lines | of Tollgate |\n|---|---|---|");
        TABLE.forEach(System.out::println);
    }

    private static void outage(String what, Node node, Runnable begin, Runnable end, boolean busy) {
        AppServer server = node.server();
        int before = lines(server).size();
        AdminClient.Key key = node.operator().newKey(node.operator().newAccount("enterprise"));
        ScheduledExecutorService callers = Executors.newScheduledThreadPool(4);
        try {
            if (busy) {
                for (int i = 0; i < 4; i++) {
                    callers.scheduleWithFixedDelay(() -> ask(node, key), 0, REQUEST_MILLIS, TimeUnit.MILLISECONDS);
                }
            }
            begin.run();
            pause();
            end.run();
            Ports.await("all well", SOON, node::isWell);
        } finally {
            callers.shutdownNow();
        }
        noted(what, server, before, FEW);
    }

    private static void pause() {
        try {
            Thread.sleep(OUTAGE.toMillis());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void ask(Node node, AdminClient.Key key) {
        try {
            node.exchange(HttpRequest.newBuilder(node.at("/api/v1/check")).header("X-API-Key", key.secret()));
            node.exchange(HttpRequest.newBuilder(node.at("/health/ready")));
        } catch (IOException e) {
            // The outage may be the server's answer, too.
        }
    }

    @Test
    void startsOutagesAndStopsAreAFewLines() {
        try (redis;
                postgres) {
            Map<String, String> settings = settings();
            AppServer server = IntegrationServers.start("log-lines", settings, WildFly.QUICK);
            try (server) {
                Node node = new Node("node", server);
                Ports.await("all well", SOON, node::isWell);
                noted("first start, on an empty database", server, 0, Integer.MAX_VALUE);
                outage("PostgreSQL away for 60 s, idle", node, postgres::kill, postgres::restart, false);
                outage("PostgreSQL away for 60 s, under load", node, postgres::kill, postgres::restart, true);
                outage("Redis away for 60 s, idle", node, redis::kill, redis::restart, false);
                outage("Redis away for 60 s, under load", node, redis::kill, redis::restart, true);
                outage("Redis frozen for 60 s, under load", node, redis::freeze, redis::thaw, true);
                int before = lines(server).size();
                server.close();
                noted("stop", server, before, Integer.MAX_VALUE);
            }
            wrongPassword(settings, "tollgate.jdbc.password", "PostgreSQL", "postgres");
            wrongPassword(settings, "tollgate.redis.password", "Redis", "redis");
        }
    }

    private static void wrongPassword(Map<String, String> settings, String setting, String store, String component) {
        String right = settings.put(setting, "wrong");
        try (AppServer server = IntegrationServers.start("log-lines-" + component, settings, WildFly.QUICK)) {
            Node node = new Node("node", server);
            Ports.await(
                    store + " told to be down",
                    SOON,
                    () -> "down".equals(node.components().get(component)));
            pause();
            noted("start with a wrong password of " + store + ", and 60 s of it", server, 0, Integer.MAX_VALUE);
        }
        settings.put(setting, right);
    }
}
