package dev.tollgate.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.limit.AccountStateSource;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.TcpProxy;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.fixture.redis.RedisWire;
import dev.tollgate.gate.CircuitBreaker;
import dev.tollgate.http.route.RoutePolicies;
import dev.tollgate.http.route.RoutePolicyFile;
import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What callers see over HTTP while a real Redis is in every kind of trouble, with the WAR's own time budget, breaker and
 * timeouts. Each prints a line; docs/operations.md shows them.
 */
class RedisTroubleTest {

    private static final OptionalLong WIDE = OptionalLong.of(1_000_000);
    private static final Servlet FINE = new HttpServlet() {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) {
            response.setStatus(200);
        }
    };
    private static final Map<String, Servlet> PLAIN =
            Map.of("/plain", FINE, "/open", FINE, "/local", FINE, "/closed", FINE);
    private static final String A_ROUTE_FOR_EACH_MODE = """
            {"routes": [
              {"name": "let-pass", "path": "/open", "action": "limit", "failureMode": "open"},
              {"name": "by-node", "path": "/local", "action": "limit", "failureMode": "local"},
              {"name": "shut", "path": "/closed", "action": "limit", "failureMode": "closed"}
            ]}""";

    private final GuardedServer.Directory directory = new GuardedServer.Directory();
    private final Map<Caller, AccountStateSource.AccountState> remembered = new ConcurrentHashMap<>();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<AutoCloseable> open = new ArrayList<>();
    private RealRedis redis;
    private TcpProxy network;
    private GuardedServer node;
    private String key;
    private String bannedKey;

    @BeforeEach
    void start() {
        redis = opened(RealRedis.start());
        network = opened(new TcpProxy(redis.port()));
        key = directory.newKey(directory.newAccount(), "enterprise", WIDE);
        bannedKey = permanentlyBanned();
    }

    @AfterEach
    void stop() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private <T extends AutoCloseable> T opened(T resource) {
        open.add(resource);
        return resource;
    }

    private String permanentlyBanned() {
        String account = directory.newAccount();
        remembered.put(
                Caller.account(account),
                new AccountStateSource.AccountState(
                        7, Optional.of(new Ban(BanLevel.PERMANENT, "enough", 1_000, OptionalLong.empty()))));
        return directory.newKey(account, "enterprise", WIDE);
    }

    private ContinuousCaller serve(FailureMode mode) throws Exception {
        return serve(mode, RoutePolicies.ofApplication(Optional.empty()));
    }

    private ContinuousCaller serve(FailureMode mode, RoutePolicies routes) throws Exception {
        node = opened(new GuardedServer(
                GuardedServer.Way.byDefault(
                        network.url(),
                        (caller, month) -> CompletableFuture.completedFuture(
                                remembered.getOrDefault(caller, AccountStateSource.AccountState.NONE))),
                directory,
                new GuardedServer.Setup(routes, List.of(), List.of(), mode),
                PLAIN));
        ContinuousCaller caravan = opened(new ContinuousCaller(node.uri("/plain"), key));
        caravan.awaitDecided(0);
        Ports.await("the ban known", Duration.ofSeconds(20), () -> status(bannedKey) == 403);
        return caravan;
    }

    private HttpResponse<String> get(String secret) {
        return get("/plain", secret);
    }

    private HttpResponse<String> get(String path, String secret) {
        try {
            return http.send(
                    HttpRequest.newBuilder(node.uri(path))
                            .header("X-API-Key", secret)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private int status(String secret) {
        return get(secret).statusCode();
    }

    private void over(String trouble, ContinuousCaller caravan, long began) {
        long ended = caravan.now();
        caravan.awaitDecided(ended);
        caravan.tell(trouble, began, ended);
        assertThat(caravan.statuses()).containsOnlyKeys(200);
        assertThat(status(bannedKey)).isEqualTo(403);
    }

    @Test
    void restartedEmptyItDecidesAgainAndTheBannedStayOut() throws Exception {
        String neverSeenBefore = permanentlyBanned();
        ContinuousCaller caravan = serve(FailureMode.OPEN);
        long began = caravan.now();
        redis.kill();
        caravan.awaitUndecided(began);
        assertThat(status(bannedKey)).isEqualTo(403);
        redis.restart();
        over("restarted empty", caravan, began);
        assertThat(status(neverSeenBefore)).isEqualTo(403);
    }

    @Test
    void flushedItGetsMonthsAndBansBackBeforeItDecides() throws Exception {
        String account = directory.newAccount();
        remembered.put(Caller.account(account), new AccountStateSource.AccountState(900, Optional.empty()));
        String free = directory.newKey(account, "free", WIDE);
        String neverSeenBefore = permanentlyBanned();
        ContinuousCaller caravan = serve(FailureMode.OPEN);
        assertThat(get(free).headers().firstValue("RateLimit").orElseThrow()).contains("r=99;");
        long began = caravan.now();
        try (RedisWire wire = new RedisWire(redis.port())) {
            wire.send("FLUSHALL");
        }
        over("FLUSHALL", caravan, began);
        assertThat(get(free).headers().firstValue("RateLimit").orElseThrow()).contains("r=99;");
        assertThat(status(neverSeenBefore)).isEqualTo(403);
    }

    @Test
    void withItsScriptsFlushedNobodyNotices() throws Exception {
        ContinuousCaller caravan = serve(FailureMode.OPEN);
        long began = caravan.now();
        try (RedisWire wire = new RedisWire(redis.port())) {
            for (int i = 0; i < 20; i++) {
                wire.send("SCRIPT", "FLUSH");
                caravan.awaitDecided(caravan.now());
            }
        }
        over("SCRIPT FLUSH, 20 times", caravan, began);
    }

    @ParameterizedTest
    @EnumSource(FailureMode.class)
    void outOfMemoryTheFailureModeAnswersAndBansHold(FailureMode mode) throws Exception {
        String bannedInRedisOnly = directory.newKey("11111111-1111-4111-8111-111111111111", "enterprise", WIDE);
        String limited = directory.newKey(directory.newAccount(), "enterprise", OptionalLong.of(3));
        ContinuousCaller caravan = serve(mode);
        assertThat(status(limited)).isEqualTo(200);
        assertThat(status(bannedInRedisOnly)).isEqualTo(200);
        Ports.await("the ban kept", Duration.ofSeconds(20), () -> bans("11111111-1111-4111-8111-111111111111"));
        long began = caravan.now();
        try (RedisWire wire = new RedisWire(redis.port())) {
            wire.send("CONFIG", "SET", "maxmemory-policy", "noeviction");
            wire.send("CONFIG", "SET", "maxmemory", "1");
            Ports.await("writes refused", Duration.ofSeconds(20), node.gate::refusesWrites);
            assertThat(status(bannedKey)).isEqualTo(403);
            assertThat(status(bannedInRedisOnly)).isEqualTo(429);
            List<Integer> statuses = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                statuses.add(status(limited));
            }
            switch (mode) {
                case OPEN -> assertThat(statuses).containsOnly(200);
                case CLOSED -> assertThat(statuses).containsOnly(503);
                case LOCAL -> assertThat(statuses).containsExactly(200, 200, 200, 429, 429);
            }
            assertThat(node.gate.refusesWrites()).isTrue();
            wire.send("CONFIG", "SET", "maxmemory", "0");
        }
        long ended = caravan.now();
        caravan.await("writing again", () -> !node.gate.refusesWrites());
        caravan.awaitDecided(ended);
        caravan.tell("out of memory, " + mode, began, ended);
        assertThat(caravan.statuses().keySet())
                .isSubsetOf(mode == FailureMode.CLOSED ? List.of(200, 503) : List.of(200));
    }

    /** Whether a ban by hand was kept; a machine that stands still may take longer for it than a request may wait. */
    private boolean bans(String account) {
        try {
            node.store
                    .ban(Caller.account(account), BanLevel.lasting(Duration.ofDays(1)), "x")
                    .toCompletableFuture()
                    .join();
            return true;
        } catch (CompletionException e) {
            return false;
        }
    }

    @ParameterizedTest
    @EnumSource(FailureMode.class)
    void eachRouteMayHaveAFailureModeOfItsOwnWhateverTheSettingSays(FailureMode setting) throws Exception {
        String limited = directory.newKey(directory.newAccount(), "enterprise", OptionalLong.of(3));
        ContinuousCaller caravan = serve(
                setting,
                RoutePolicies.ofApplication(Optional.of(RoutePolicyFile.parse("r.json", A_ROUTE_FOR_EACH_MODE))));
        network.refuse(true);
        redis.kill();
        caravan.await("the breaker open", () -> node.gate.breakerState() != CircuitBreaker.State.CLOSED);
        List<Integer> local = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            assertThat(get("/open", limited).statusCode()).isEqualTo(200);
            assertThat(get("/closed", limited).statusCode()).isEqualTo(503);
            local.add(get("/local", limited).statusCode());
        }
        assertThat(local).containsExactly(200, 200, 200, 429, 429);
        for (String path : List.of("/open", "/closed", "/local")) {
            assertThat(get(path, bannedKey).statusCode()).as(path).isEqualTo(403);
        }
    }

    @Test
    void failedOverTheOldMasterMayGoOnAnsweringReadOnly() throws Exception {
        RealRedis replica = opened(RealRedis.start("--replicaof", "127.0.0.1", Integer.toString(redis.port())));
        ContinuousCaller caravan = serve(FailureMode.OPEN);
        try (RedisWire old = new RedisWire(redis.port());
                RedisWire promoted = new RedisWire(replica.port())) {
            Ports.await(
                    "the replica in step",
                    Duration.ofSeconds(30),
                    () -> promoted.send("INFO", "replication").toString().contains("master_link_status:up"));
            long began = caravan.now();
            // The connections there are stay with the old master, as behind many a virtual address.
            promoted.send("REPLICAOF", "NO", "ONE");
            old.send("REPLICAOF", "127.0.0.1", Integer.toString(replica.port()));
            Ports.await("the old one refusing", Duration.ofSeconds(20), node.gate::refusesWrites);
            assertThat(status(bannedKey)).isEqualTo(403);
            network.leadTo(replica.port());
            over("failed over, the old master read-only", caravan, began);
        }
    }

    @Test
    void killedAndReplacedByItsReplicaItGoesOnWithTheSameCounts() throws Exception {
        RealRedis replica = opened(RealRedis.start("--replicaof", "127.0.0.1", Integer.toString(redis.port())));
        String free = directory.newKey(directory.newAccount(), "free", OptionalLong.empty());
        ContinuousCaller caravan = serve(FailureMode.OPEN);
        try (RedisWire promoted = new RedisWire(replica.port())) {
            Ports.await(
                    "the replica in step",
                    Duration.ofSeconds(30),
                    () -> promoted.send("INFO", "replication").toString().contains("master_link_status:up"));
            for (int i = 0; i < 4; i++) {
                assertThat(status(free)).isEqualTo(200);
            }
            try (RedisWire old = new RedisWire(redis.port())) {
                old.send("WAIT", "1", "5000");
            }
            long began = caravan.now();
            redis.kill();
            caravan.awaitUndecided(began);
            promoted.send("REPLICAOF", "NO", "ONE");
            network.leadTo(replica.port());
            over("killed, its replica promoted", caravan, began);
            assertThat(get(free).headers().firstValue("RateLimit").orElseThrow())
                    .contains("\"minute\";r=5;");
        }
    }

    @Test
    void frozenItCostsFewRequestsTheirBudget() throws Exception {
        ContinuousCaller caravan = serve(FailureMode.OPEN);
        long began = caravan.now();
        redis.freeze();
        caravan.awaitUndecided(began);
        caravan.await("many requests meanwhile", () -> caravan.now() > began + 2_000);
        assertThat(status(bannedKey)).isEqualTo(403);
        redis.thaw();
        over("frozen (SIGSTOP)", caravan, began);
    }

    @Test
    void connectionsThatLoseEverythingAreFoundOutAndReplaced() throws Exception {
        ContinuousCaller caravan = serve(FailureMode.OPEN);
        long began = caravan.now();
        // Never healed: only connections made anew can work.
        network.loseConnections();
        caravan.awaitUndecided(began);
        assertThat(status(bannedKey)).isEqualTo(403);
        over("half-open connections", caravan, began);
    }

    @Test
    void reconnectingGetsSlowerTheLongerItFails() throws Exception {
        ContinuousCaller caravan = serve(FailureMode.OPEN);
        long began = caravan.now();
        network.refuse(true);
        caravan.awaitUndecided(began);
        int before = network.attempts().size();
        caravan.await("time to try", () -> caravan.now() > began + 6_000);
        List<Long> attempts =
                network.attempts().subList(before, network.attempts().size());
        long late = attempts.stream()
                .filter(at -> at - attempts.get(0) > Duration.ofSeconds(4).toNanos())
                .count();
        System.out.println("[trouble] refused connections: " + attempts.size() + " attempts in six seconds, " + late
                + " of them in the last two");
        assertThat(attempts.size()).isGreaterThan(2);
        assertThat(late).isLessThanOrEqualTo(attempts.size() / 2);
        network.refuse(false);
        over("connections refused", caravan, began);
    }
}
