package dev.tollgate.bench.http;

import dev.tollgate.bench.measure.Load;
import dev.tollgate.bench.measure.Plan;
import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.fixture.Folders;
import dev.tollgate.fixture.postgres.RealPostgres;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.fixture.server.WildFly;
import dev.tollgate.fixture.server.WildFlyBase;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A WildFly with the shipped WAR, a servlet behind its filter, and the same servlet in WARs of its own. {@code plain} is behind
 * nothing. If asked for, {@code guarded} and {@code deferred} are behind the guard, the latter without waiting threads.
 */
public final class Site implements AutoCloseable {

    private static final String PASSWORD = "bench";
    private static final int INTRODUCERS = 64;
    private static final int ATTEMPTS = 100;
    private static final int CALM_SETTLEMENTS = 2;
    private static final int FEW_KEYS = 200;
    private static final long PAUSE_NANOS = 200_000_000;
    private static final String CLASS = OneKilobyte.class.getName().replace('.', '/') + ".class";

    public final RealRedis redis = RealRedis.start();
    private final RealPostgres postgres = RealPostgres.start();
    private final WildFly server;
    private final HttpClient http = HttpClient.newHttpClient();

    private final AtomicInteger next = new AtomicInteger();

    /** The requests that are sent in turn, by path. */
    private final Map<String, List<byte[]>> inTurn = new HashMap<>();

    /**
     * Starts the server.
     *
     * @param guarded whether the guard is installed, for the applications {@code guarded} and {@code deferred}
     */
    public Site(Plan plan, boolean guarded) throws IOException {
        this(plan, guarded, guarded ? "wildfly-guard" : "wildfly", Map.of());
    }

    /**
     * The same with other settings.
     *
     * @param name the name of the server's directory, which no other running server uses
     * @param others settings besides those of all sites
     */
    public Site(Plan plan, boolean guarded, String name, Map<String, String> others) throws IOException {
        postgres.provide("tollgate", PASSWORD);
        WildFlyBase base = WildFlyBase.prepare(
                plan.wildflyHome(),
                plan.directory().resolve(name),
                plan.project().resolve("server-config/wildfly/install.cli"),
                "admin",
                PASSWORD);
        Path gated = plan.directory().resolve("gated.war");
        Files.copy(plan.war(), gated, StandardCopyOption.REPLACE_EXISTING);
        putServlet(gated, Map.of());
        Path plain = plan.directory().resolve("plain.war");
        Files.deleteIfExists(plain);
        putServlet(plain, Map.of("create", "true"));
        Path deployments = base.directory().resolve("deployments");
        Files.copy(plain, deployments.resolve("plain.war"), StandardCopyOption.REPLACE_EXISTING);
        Map<String, String> settings = new TreeMap<>();
        if (guarded) {
            Folders.unzip(plan.war().resolveSibling("tollgate-guard-wildfly.zip"), base.home());
            base.configure(plan.project().resolve("server-config/wildfly/install-guard.cli"));
            Files.copy(plain, deployments.resolve("guarded.war"), StandardCopyOption.REPLACE_EXISTING);
            Files.copy(plain, deployments.resolve("deferred.war"), StandardCopyOption.REPLACE_EXISTING);
            settings.put("tollgate.guard.applications", "/guarded,/deferred");
            settings.put("tollgate.guard.async", "/deferred");
        }
        settings.put("tollgate.redis.url", redis.url());
        settings.put("tollgate.redis.seal", "a secret of the bench, 32 characters and more");
        settings.put("tollgate.jdbc.url", postgres.jdbcUrl("tollgate"));
        settings.put("tollgate.jdbc.user", "tollgate");
        settings.put("tollgate.jdbc.password", PASSWORD);
        Path routes = plan.directory().resolve("routes.json");
        Files.writeString(
                routes,
                "{\"routes\": [{\"name\": \"kilobyte\", \"path\": \"/kilobyte\", \"action\": \"key-required\"}]}");
        settings.put("tollgate.routes.file", routes.toString());
        // A stall of the machine must not let requests pass undecided, which would be measured as speed.
        settings.put("tollgate.redis.budget", "2s");
        settings.put("tollgate.redis.failure-mode", "closed");
        // Room for all callers of the bench, so that no key is looked up while it is measured.
        settings.put("tollgate.cache.keys", "200000");
        settings.putAll(others);
        server = WildFly.start(base, gated, settings);
    }

    private static void putServlet(Path war, Map<String, String> options) throws IOException {
        try (FileSystem archive = FileSystems.newFileSystem(war, options);
                InputStream compiled = OneKilobyte.class.getResourceAsStream("/" + CLASS)) {
            Path target = archive.getPath("WEB-INF/classes", CLASS);
            Files.createDirectories(target.getParent());
            Files.copy(compiled, target);
        }
    }

    /** Requests a page with these keys, in a closed loop over that many connections. */
    public Load load(Plan plan, int connections, String path, List<String> keys, int status) {
        try (HttpLoad load = new HttpLoad(server.httpPort(), HttpLoad.encode(path, keys), status)) {
            return Load.run(connections, plan.millis(), load.size(), load::get);
        }
    }

    /**
     * Requests a page with each key in turn, going on where the last such load ended: with many keys none comes often.
     *
     * @param keys more than are requested while a lease lasts, always the same of a path
     */
    public Load loadInTurn(Plan plan, int connections, String path, List<String> keys) {
        List<byte[]> requests = inTurn.computeIfAbsent(path, unused -> HttpLoad.encode(path, keys));
        try (HttpLoad load = new HttpLoad(server.httpPort(), requests, 200)) {
            return Load.run(connections, plan.millis(), 1, unused -> load.get(next.getAndIncrement() % load.size()));
        } finally {
            settle();
        }
    }

    /** Settles all usage that is pending, so that the load of many keys does not burden what is measured after it. */
    public void settle() {
        for (int calm = 0; calm < CALM_SETTLEMENTS; ) {
            JsonObject run = admin("POST", "/settlement/run", null);
            calm = run.getBoolean("ran") && run.getInt("keys") < FEW_KEYS ? calm + 1 : 0;
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /**
     * Requests a page once with each key, so that the node knows the keys and their accounts' months. While the node cannot look
     * up so many keys at once, it repeats requests.
     */
    public void introduce(String path, List<String> keys) {
        ExecutorService introducers = Executors.newFixedThreadPool(INTRODUCERS);
        try (HttpLoad load = new HttpLoad(server.httpPort(), HttpLoad.encode(path, keys), 200)) {
            AtomicInteger following = new AtomicInteger();
            Runnable work = () -> {
                for (int i = following.getAndIncrement(); i < load.size(); i = following.getAndIncrement()) {
                    insist(load, i);
                }
            };
            CompletableFuture.allOf(Stream.generate(() -> CompletableFuture.runAsync(work, introducers))
                            .limit(INTRODUCERS)
                            .toArray(CompletableFuture[]::new))
                    .join();
        } finally {
            introducers.shutdown();
            settle();
        }
    }

    private static void insist(HttpLoad load, int request) {
        for (int attempt = 1; true; attempt++) {
            try {
                load.get(request);
                return;
            } catch (UncheckedIOException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /** Creates many pro accounts, as SQL. Returns a key of each. */
    public List<String> manyPro(int accounts) {
        List<String> keys = Stream.generate(() -> ApiKeyToken.generate().reveal())
                .limit(accounts)
                .toList();
        String[] hashes = keys.stream().map(ApiKeyToken::hash).toArray(String[]::new);
        try (Connection connection = DriverManager.getConnection(
                        postgres.jdbcUrl("tollgate"), RealPostgres.USER, postgres.password());
                PreparedStatement insert = connection.prepareStatement(
                        "WITH u AS (SELECT gen_random_uuid() AS account, h FROM unnest(?::text[]) AS t (h)),"
                                + " a AS (INSERT INTO accounts (id, name, tier) SELECT account, 'bench', 'pro' FROM u)"
                                + " INSERT INTO api_keys (id, account_id, name, key_hash, prefix)"
                                + " SELECT gen_random_uuid(), account, 'bench', h, 'tg_bench' FROM u")) {
            insert.setArray(1, connection.createArrayOf("text", hashes));
            insert.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return keys;
    }

    /** Raises the limits of pro accounts beyond any load, and returns keys of that many accounts. */
    public List<String> amplePro(int accounts) {
        admin(
                "PUT",
                "/tiers/pro",
                Json.createObjectBuilder()
                        .add("windowLimit", 1_000_000)
                        .add("monthlyQuota", 1_000_000_000)
                        .build());
        return Stream.generate(() -> newKey("pro")[0]).limit(accounts).toList();
    }

    /** Sends an administrator's request, and returns the JSON of the response. */
    public JsonObject admin(String method, String path, JsonObject body) {
        HttpRequest.BodyPublisher publisher = body == null
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(body.toString());
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.baseUrl() + "/api/v1/admin" + path))
                .header(
                        "Authorization",
                        "Basic "
                                + Base64.getEncoder()
                                        .encodeToString(("admin:" + PASSWORD).getBytes(StandardCharsets.UTF_8)))
                .header("Content-Type", "application/json")
                .method(method, publisher)
                .build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() / 100 != 2) {
                throw new IllegalStateException(path + " was answered with " + answer.statusCode() + answer.body());
            }
            try (var reader = Json.createReader(new StringReader(answer.body().isEmpty() ? "{}" : answer.body()))) {
                return reader.readObject();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Creates an account with a key; returns the key and the account's ID. */
    public String[] newKey(String tier) {
        String account = admin(
                        "POST",
                        "/accounts",
                        Json.createObjectBuilder()
                                .add("name", "bench")
                                .add("tier", tier)
                                .build())
                .getString("id");
        String key = admin(
                        "POST",
                        "/keys",
                        Json.createObjectBuilder()
                                .add("accountId", account)
                                .add("name", "bench")
                                .build())
                .getString("key");
        return new String[] {key, account};
    }

    /** Returns the number of batches sent to Redis since the start, by both batchers. */
    public long batches() {
        JsonObject state = admin("GET", "/redis", null);
        return state.getJsonObject("gate").getJsonNumber("batches").longValue()
                + state.getJsonObject("work").getJsonNumber("batches").longValue();
    }

    /** Returns the process ID of the server. */
    public long pid() {
        return server.pid();
    }

    @Override
    public void close() {
        server.close();
        redis.close();
        postgres.close();
    }
}
