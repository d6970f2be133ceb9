package dev.tollgate.it.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.redis.RedisWire;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.Node;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** What two WildFly processes do side by side before one Redis and one PostgreSQL, at last while all of them are killed. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TwoNodesIT {

    /** By the contract an edit holds on every node within two seconds. */
    private static final Duration EVERYWHERE = Duration.ofSeconds(2);

    private static TwoNodes cluster;

    @BeforeAll
    static void start() {
        cluster = TwoNodes.start("two-nodes", "always");
        // Until something is killed Redis need not wait for its disk.
        sync("no");
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static void sync(String fsync) {
        try (RedisWire wire = new RedisWire(cluster.redis.port())) {
            wire.send("CONFIG", "SET", "appendfsync", fsync);
        }
    }

    private static HttpResponse<String> upload(Node node, AdminClient.Key key) {
        try {
            return node.upload(key.secret(), UploadLoad.CONTENT);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static AdminClient.Key newKey(String tier) {
        AdminClient operator = cluster.first().operator();
        return operator.newKey(operator.newAccount(tier));
    }

    private static void holdsOnTheOther(String what, BooleanSupplier condition) {
        Ports.await(what + " on node 2", EVERYWHERE, condition);
    }

    private static void setTier(String name, int window) {
        cluster.first().operator().setTier(name, "\"windowLimit\":" + window + ",\"monthlyQuota\":null");
    }

    private static int limitSeen(Node node, AdminClient.Key key) {
        return AdminClient.json(node.send(
                        HttpRequest.newBuilder(node.at("/api/v1/limits")).header("X-API-Key", key.secret())))
                .getJsonArray("policies")
                .getJsonObject(0)
                .getInt("limit");
    }

    @Test
    @Order(1)
    void aTierEditedOnOneNodeHoldsOnTheOtherAndARaisedLimitWorksAtOnce() {
        setTier("two-nodes", 3);
        AdminClient.Key key = newKey("two-nodes");
        for (int i = 0; i < 3; i++) {
            assertThat(upload(cluster.second(), key).statusCode()).isEqualTo(201);
        }
        assertThat(upload(cluster.second(), key).statusCode()).isEqualTo(429);
        setTier("two-nodes", 5);
        holdsOnTheOther("the raised limit", () -> limitSeen(cluster.second(), key) == 5);
        assertThat(upload(cluster.second(), key).statusCode()).isEqualTo(201);
        assertThat(upload(cluster.first(), key).statusCode()).isEqualTo(201);
        assertThat(upload(cluster.second(), key).statusCode()).isEqualTo(429);
        setTier("two-nodes", 2);
        holdsOnTheOther("the lowered limit", () -> limitSeen(cluster.second(), key) == 2);
    }

    @Test
    @Order(2)
    void aKeyRevokedOnOneNodeIsRefusedByTheOther() {
        AdminClient.Key key = newKey("pro");
        assertThat(upload(cluster.second(), key).statusCode()).isEqualTo(201);
        assertThat(cluster.first()
                        .operator()
                        .send("DELETE", "/keys/" + key.id(), null)
                        .statusCode())
                .isIn(200, 204);
        holdsOnTheOther("the revocation", () -> upload(cluster.second(), key).statusCode() == 401);
        assertThat(upload(cluster.second(), key).body()).contains("INACTIVE_API_KEY");
    }

    @Test
    @Order(3)
    void aKeyRotatedOnOneNodeIsAnotherOnBoth() {
        AdminClient.Key key = newKey("pro");
        assertThat(upload(cluster.second(), key).statusCode()).isEqualTo(201);
        HttpResponse<String> rotated = cluster.first().operator().send("POST", "/keys/" + key.id() + "/rotate", null);
        assertThat(rotated.statusCode()).as(rotated.body()).isIn(200, 201);
        AdminClient.Key fresh = new AdminClient.Key(
                AdminClient.json(rotated).getString("id"),
                AdminClient.json(rotated).getString("key"),
                key.account());
        assertThat(upload(cluster.second(), fresh).statusCode()).isEqualTo(201);
        holdsOnTheOther("the rotation", () -> upload(cluster.second(), key).statusCode() == 401);
    }

    @Test
    @Order(4)
    void anAccountRetieredOnOneNodeHasItsNewLimitsOnTheOther() {
        AdminClient.Key key = newKey("free");
        assertThat(upload(cluster.second(), key).statusCode()).isEqualTo(201);
        HttpResponse<String> answer =
                cluster.first().operator().send("PATCH", "/accounts/" + key.account(), "{\"tier\":\"pro\"}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        holdsOnTheOther("the new tier", () -> limitSeen(cluster.second(), key) == 100);
    }

    @Test
    @Order(5)
    void aBanAppliedAndLiftedOnOneNodeIsSoOnTheOther() {
        AdminClient.Key key = newKey("pro");
        assertThat(upload(cluster.second(), key).statusCode()).isEqualTo(201);
        HttpResponse<String> ban = cluster.first()
                .operator()
                .send(
                        "POST",
                        "/bans",
                        "{\"caller\":\"" + key.account() + "\",\"level\":\"1_DAY\",\"reason\":\"two nodes\"}");
        assertThat(ban.statusCode()).as(ban.body()).isEqualTo(201);
        holdsOnTheOther("the ban", () -> upload(cluster.second(), key).statusCode() == 429);
        assertThat(upload(cluster.second(), key).body()).contains("BANNED");
        assertThat(cluster.first()
                        .operator()
                        .send("DELETE", "/bans/" + key.account() + "?reason=over", null)
                        .statusCode())
                .isEqualTo(204);
        holdsOnTheOther("the lifting", () -> upload(cluster.second(), key).statusCode() == 201);
    }

    @Test
    @Order(6)
    void aChangeOnOneNodeEndsTheLeasesThatTheOtherHolds() {
        setTier("leased", 60_000);
        AdminClient.Key banned = newKey("leased");
        admitFromLease(banned);
        cluster.first()
                .operator()
                .send(
                        "POST",
                        "/bans",
                        "{\"caller\":\"" + banned.account() + "\",\"level\":\"1_DAY\",\"reason\":\"leases\"}");
        refusesFromNowOn(banned, 429);
        cluster.first().operator().send("DELETE", "/bans/" + banned.account() + "?reason=over", null);
        holdsOnTheOther("the lifting", () -> check(banned) == 204);

        AdminClient.Key revoked = newKey("leased");
        admitFromLease(revoked);
        cluster.first().operator().send("DELETE", "/keys/" + revoked.id(), null);
        refusesFromNowOn(revoked, 401);

        AdminClient.Key limited = newKey("leased");
        admitFromLease(limited);
        setTier("leased", 2);
        refusesFromNowOn(limited, 429);
    }

    private static int check(AdminClient.Key key) {
        return cluster.second()
                .send(HttpRequest.newBuilder(cluster.second().at("/api/v1/check"))
                        .header("X-API-Key", key.secret()))
                .statusCode();
    }

    private static long admittedFromLeases() {
        return cluster.second()
                .admin("/redis")
                .getJsonObject("leases")
                .getJsonNumber("decisions")
                .longValue();
    }

    /** Asks the second node often, until it admits from leases. */
    private static void admitFromLease(AdminClient.Key key) {
        long before = admittedFromLeases();
        Ports.await("admissions from a lease", Duration.ofSeconds(30), () -> {
            for (int i = 0; i < 200; i++) {
                assertThat(check(key)).isEqualTo(204);
            }
            return admittedFromLeases() > before;
        });
    }

    /** The second node, asked all the time, refuses within two seconds and then admits nothing more. */
    private static void refusesFromNowOn(AdminClient.Key key, int status) {
        holdsOnTheOther("the change", () -> check(key) == status);
        for (int i = 0; i < 50; i++) {
            assertThat(check(key)).isEqualTo(status);
        }
    }

    @Test
    @Order(7)
    void ofAHundredAndSixtyUploadsAtOnceOverBothNodesAndTwoKeysAHundredPassTenTimesInARow() {
        ExecutorService senders = Executors.newFixedThreadPool(40);
        try {
            for (int round = 1; round <= 10; round++) {
                AdminClient.Key key = newKey("pro");
                AdminClient.Key other = cluster.first().operator().newKey(key.account());
                // Both nodes know both keys before: a cold look-up is not what is tested here.
                limitSeen(cluster.second(), key);
                limitSeen(cluster.second(), other);
                List<CompletableFuture<Integer>> answers = IntStream.range(0, 160)
                        .mapToObj(i -> CompletableFuture.supplyAsync(
                                () -> upload(cluster.nodes.get(i % 2), i % 4 < 2 ? key : other)
                                        .statusCode(),
                                senders))
                        .toList();
                List<Integer> statuses =
                        answers.stream().map(CompletableFuture::join).toList();
                assertThat(Collections.frequency(statuses, 201))
                        .as("round " + round)
                        .isEqualTo(100);
                // A burst brings the first ban and never the last: what is asked while banned is no violation.
                assertThat(statuses).containsOnly(201, 429);
            }
        } finally {
            senders.shutdown();
        }
    }

    @Test
    @Order(8)
    void killedAndFrozenProcessesLoseNoAcknowledgedUploadButAKilledNodesLastMoment() {
        long seed = Long.getLong("tollgate.faults.seed", 20261122);
        sync("always");
        List<Fault> faults = new ArrayList<>(Arrays.asList(Fault.values()));
        Random random = new Random(seed);
        Collections.shuffle(faults, random);
        try (UploadLoad storm = new UploadLoad(cluster, seed, Duration.ofMillis(8))) {
            for (Fault fault : faults) {
                Fault.pause(random, 500);
                System.out.println(fault);
                fault.strike(storm, random);
            }
            storm.finish();
        }
    }

    @Test
    @Order(9)
    void tamperedCountsDegradeBothNodesUntilAnOperatorRecounts() {
        AdminClient.Key key = newKey("pro");
        Node node = cluster.first();
        assertThat(upload(node, key).statusCode()).isEqualTo(201);
        Ports.await("the upload recorded", Duration.ofSeconds(10), () -> node.successes(key) == 1);
        try (RedisWire wire = new RedisWire(cluster.redis.port())) {
            // Where nothing is pending any more, this makes a claim of its own at the next upload.
            wire.send("HSET", "metrics:apikey:{" + key.id() + "}", "total_requests", "50");
        }
        assertThat(upload(node, key).statusCode()).isEqualTo(201);
        for (Node each : cluster.nodes) {
            Ports.await(
                    "the ledger degraded on " + each,
                    Duration.ofSeconds(20),
                    () -> each.components().get("ledger").equals("degraded"));
        }
        Ports.await(
                "an audit event",
                Duration.ofSeconds(10),
                () -> node.admin("/audit?type=LEDGER_MISMATCH").toString().contains(key.id()));
        HttpResponse<String> recount = cluster.second().operator().send("POST", "/ledger/recount", null);
        assertThat(recount.statusCode()).as(recount.body()).isEqualTo(200);
        assertThat(AdminClient.json(recount).getJsonObject("ledger").getBoolean("balanced"))
                .isTrue();
        cluster.awaitWell();
        Ports.await(
                "the recount audited",
                Duration.ofSeconds(10),
                () -> node.admin("/audit?type=LEDGER_RECOUNTED").toString().contains("difference"));
    }
}
