package dev.tollgate.it.nodes;

import dev.tollgate.fixture.Folders;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.postgres.RealPostgres;
import dev.tollgate.fixture.redis.MeteredKeys;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.fixture.server.WildFly;
import dev.tollgate.fixture.server.WildFlyBase;
import dev.tollgate.it.support.Node;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Two WildFly processes with the WAR that ships, before one Redis with an append-only file and one PostgreSQL: all processes of
 * their own, to be killed.
 */
final class TwoNodes implements AutoCloseable {

    private static final String DATABASE = "tollgate";
    private static final String PASSWORD = "integration-tests";

    final RealRedis redis;
    final RealPostgres postgres;
    final List<Node> nodes;
    private final Path directory;

    private TwoNodes(RealRedis redis, RealPostgres postgres, List<Node> nodes, Path directory) {
        this.redis = redis;
        this.postgres = postgres;
        this.nodes = nodes;
        this.directory = directory;
    }

    /**
     * Starts all four and waits until both nodes serve.
     *
     * @param name of the directory they live in, used by nobody else
     * @param fsync Redis's {@code appendfsync}
     */
    static TwoNodes start(String name, String fsync) {
        // On two processors that two servers and their databases share, Redis may wait for one, or for its disk, for
        // longer than the default.
        return start(name, fsync, Map.of("tollgate.redis.budget", "500ms"));
    }

    /** The same with settings of the test's own. */
    static TwoNodes start(String name, String fsync, Map<String, String> own) {
        Path directory = Path.of(System.getProperty("tollgate.test.dir"), name);
        Folders.delete(directory.resolve("redis"));
        RealRedis redis = RealRedis.startDurable(directory.resolve("redis"), Ports.free(), "--appendfsync", fsync);
        RealPostgres postgres = RealPostgres.start();
        postgres.provide(DATABASE, PASSWORD);
        Map<String, String> settings = new TreeMap<>();
        settings.put("tollgate.redis.url", redis.url());
        settings.put("tollgate.jdbc.url", postgres.jdbcUrl(DATABASE));
        settings.put("tollgate.jdbc.user", DATABASE);
        settings.put("tollgate.jdbc.password", PASSWORD);
        settings.put("tollgate.settle.interval", "500ms");
        settings.putAll(own);
        WildFlyBase first = IntegrationServers.newBase(name + "/first");
        WildFlyBase second = IntegrationServers.newBase(name + "/second");
        TwoNodes cluster = new TwoNodes(
                redis,
                postgres,
                List.of(new Node("node 1", launch(first, settings)), new Node("node 2", launch(second, settings))),
                directory);
        try {
            cluster.nodes.forEach(node -> node.server().awaitServing(Duration.ofMinutes(5)));
        } catch (IllegalStateException e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    private static WildFly launch(WildFlyBase base, Map<String, String> settings) {
        Folders.delete(base.directory().resolve("data/tollgate-uploads"));
        return WildFly.launch(
                base,
                IntegrationServers.war(),
                Ports.free(),
                Ports.free(),
                settings,
                // To start is what these servers do most.
                Stream.concat(WildFly.QUICK.stream(), Stream.of("-Xmx384m")).toList());
    }

    Node first() {
        return nodes.get(0);
    }

    Node second() {
        return nodes.get(1);
    }

    /** A way into the database past both nodes. */
    MeteredKeys tables() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(postgres.jdbcUrl(DATABASE));
        source.setUser(DATABASE);
        source.setPassword(PASSWORD);
        return new MeteredKeys(source);
    }

    /** Waits until both nodes say that all is well. */
    void awaitWell() {
        Ports.await(
                "both nodes well", Duration.ofMinutes(3), () -> nodes.stream().allMatch(Node::isWell));
    }

    @Override
    public void close() {
        nodes.parallelStream().forEach(node -> node.server().close());
        redis.close();
        postgres.close();
        nodes.forEach(node -> Folders.delete(
                directory.resolve(node == first() ? "first/data/tollgate-uploads" : "second/data/tollgate-uploads")));
    }
}
