package dev.tollgate.it.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Ports;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.AsideUsage;
import dev.tollgate.it.support.ShippedWar;
import jakarta.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Usage of other services, posted to the deployed WAR, and what administrators see of it. */
class UsageIT extends ShippedWar {

    private final AdminClient operator = new AdminClient(this);
    private AdminClient.Key key;

    @BeforeEach
    void newKey() {
        key = operator.newKey(operator.newAccount("free"));
    }

    private HttpResponse<String> post(String contentType, String body) {
        return send(HttpRequest.newBuilder(at("/api/v1/usage"))
                .header("X-API-Key", key.secret())
                .header("Content-Type", contentType)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> admin(String path) {
        return send(operator.request(path));
    }

    private void awaitRequests(String path, int requests) {
        Ports.await(
                requests + " requests in " + path,
                Duration.ofSeconds(10),
                () -> AdminClient.json(admin(path)).getJsonObject("summary").getInt("totalRequests") == requests);
    }

    private static String batch(int events) {
        String run = UUID.randomUUID().toString();
        return IntStream.range(0, events)
                .mapToObj(i -> "{\"id\":\"" + run + i + "\",\"provider\":\"s3\",\"bytes\":2}")
                .collect(Collectors.joining(",", "[", "]"));
    }

    @Test
    void aBatchPostedSixteenTimesAtOnceCountsOnceAndCostsNoLimit() {
        String batch = batch(200);
        List<CompletableFuture<HttpResponse<String>>> posts = IntStream.range(0, 16)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> post("application/json", batch)))
                .toList();
        int accepted = posts.stream()
                .map(CompletableFuture::join)
                .mapToInt(answer -> {
                    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                    return AdminClient.json(answer).getInt("accepted");
                })
                .sum();
        assertThat(accepted).isEqualTo(200);
        awaitRequests("/keys/" + key.id() + "/analytics", 200);
        awaitRequests("/accounts/" + key.account() + "/analytics", 200);
    }

    @Test
    void cloudEventsAndBadEventsAreAnsweredAsDocumented() {
        String event =
                "{\"specversion\":\"1.0\",\"type\":\"t\",\"source\":\"/it\",\"id\":\"1\",\"data\":{\"provider\":\"s3\"}}";
        HttpResponse<String> taken = post("application/cloudevents-batch+json", "[" + event + "]");
        assertThat(AdminClient.json(taken).getInt("accepted")).isEqualTo(1);
        HttpResponse<String> again = post("application/cloudevents+json", event);
        assertThat(AdminClient.json(again).getInt("repeated")).isEqualTo(1);
        HttpResponse<String> bad = post("application/json", "[{\"id\":\"1\"}]");
        assertThat(bad.statusCode()).isEqualTo(400);
        assertThat(AdminClient.json(bad).getString("code")).isEqualTo("INVALID_EVENTS");
    }

    @Test
    void postingNeedsAKey() {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(at("/api/v1/usage"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("[]")));
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(AdminClient.json(answer).getString("code")).isEqualTo("MISSING_API_KEY");
    }

    @Test
    void postingIsDeniedAndPermittedByTheKeyAtOnceAndNothingElseIs() {
        assertThat(post("application/json", batch(1)).statusCode()).isEqualTo(200);
        HttpResponse<String> changed = operator.send("PATCH", "/keys/" + key.id(), "{\"postUsage\":false}");
        assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
        Ports.await(
                "denied",
                Duration.ofSeconds(2),
                () -> post("application/json", batch(1)).statusCode() == 403);
        HttpResponse<String> denied = post("application/json", batch(1));
        assertThat(AdminClient.json(denied).getString("code")).isEqualTo("INSUFFICIENT_SCOPE");
        assertThat(denied.headers().firstValue("WWW-Authenticate").orElse("")).contains("scope=\"usage:post\"");
        assertThat(get("/api/v1/analytics", Map.of("X-API-Key", key.secret())).statusCode())
                .isEqualTo(200);
        assertThat(send(HttpRequest.newBuilder(at("/api/v1/uploads/local"))
                                .header("X-API-Key", key.secret())
                                .POST(HttpRequest.BodyPublishers.ofString("hello")))
                        .statusCode())
                .isEqualTo(201);
        operator.send("PATCH", "/keys/" + key.id(), "{\"postUsage\":null}");
        Ports.await(
                "permitted",
                Duration.ofSeconds(2),
                () -> post("application/json", batch(1)).statusCode() == 200);
        assertThat(get("/metrics", Map.of()).body())
                .contains("tollgate_posted_refused_total{code=\"INSUFFICIENT_SCOPE\"}")
                .contains("tollgate_posted_events_total{result=\"accepted\"}");
        Ports.await("both changes in the audit trail", Duration.ofSeconds(10), () -> {
            String rows =
                    admin("/audit?type=KEY_CHANGED&caller=" + key.account()).body();
            return rows.contains("\"postUsage\":\"false\"") && rows.contains("\"postUsage\":\"null\"");
        });
    }

    private static String worstBatch() {
        String run = UUID.randomUUID().toString();
        Instant now = Instant.now();
        return IntStream.range(0, 1_000)
                .mapToObj(i -> "{\"id\":\"" + run + i + "\",\"provider\":\"p" + i % 101 + "\",\"mediaType\":\"t/x"
                        + i * 7 % 120 + "\",\"at\":\"" + now.minus(Duration.ofDays(i / 101 % 7)) + "\"}")
                .collect(Collectors.joining(",", "[", "]"));
    }

    @Test
    void worstBatchesOfOneCallerAreRefusedBeyondAMinutesCellsAndOthersAreServed() {
        AdminClient.Key flooding = key;
        int taken = 0;
        HttpResponse<String> answer = post("application/json", worstBatch());
        while (answer.statusCode() == 200) {
            taken++;
            answer = post("application/json", worstBatch());
        }
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(429);
        assertThat(AdminClient.json(answer).getString("code")).isEqualTo("TOO_MANY_CELLS");
        assertThat(AdminClient.json(answer).getInt("limit")).isEqualTo(10_000);
        assertThat(Integer.parseInt(answer.headers().firstValue("Retry-After").orElseThrow()))
                .isBetween(1, 60);
        assertThat(taken).isBetween(9, 18);
        key = operator.newKey(flooding.account());
        assertThat(AdminClient.json(post("application/json", worstBatch())).getString("code"))
                .as("another key of the account")
                .isEqualTo("TOO_MANY_CELLS");
        newKey();
        assertThat(post("application/json", worstBatch()).statusCode()).isEqualTo(200);
        int settled = taken * 1_000;
        Ports.await(
                "settled",
                Duration.ofSeconds(20),
                () -> AdminClient.json(admin("/ledger?keyId=" + flooding.id())).getInt("accounted") == settled);
    }

    @Test
    void usageOfAKeyThatIsThereAndWasSetAsideShowsInHealthUntilItIsSettled() {
        long batch = AsideUsage.of(key, 2, "SQLSTATE 22003");
        Ports.await(
                "degraded",
                Duration.ofSeconds(20),
                () -> get("/health/ready", Map.of()).body().contains("\"settlement\":\"degraded\""));
        assertThat(get("/metrics", Map.of()).body()).contains("tollgate_set_aside_lately{of=\"others\"} 1.0");
        HttpResponse<String> retried =
                operator.send("POST", "/settlement/set-aside/" + batch + "/" + key.id() + "/retry", "{}");
        assertThat(retried.statusCode()).as(retried.body()).isBetween(200, 204);
        Ports.await(
                "up",
                Duration.ofSeconds(20),
                () -> get("/health/ready", Map.of()).body().contains("\"settlement\":\"up\""));
    }

    @Test
    void theLedgerBalancesAndTheSettlementIsShown() {
        post("application/json", batch(10));
        awaitRequests("/keys/" + key.id() + "/analytics", 10);
        JsonObject ofKey = AdminClient.json(admin("/ledger?keyId=" + key.id()));
        assertThat(ofKey.getInt("recorded")).isEqualTo(10);
        assertThat(ofKey.getBoolean("balanced")).isTrue();
        Ports.await(
                "the batch settled",
                Duration.ofSeconds(20),
                () -> AdminClient.json(admin("/ledger?keyId=" + key.id())).getInt("accounted") == 10);
        JsonObject ledger = AdminClient.json(admin("/ledger"));
        assertThat(ledger.getJsonNumber("settled").longValue()).isGreaterThanOrEqualTo(10);
        JsonObject batches = AdminClient.json(admin("/settlement/batches?size=1"));
        assertThat(batches.getJsonArray("items").getJsonObject(0).getInt("keys"))
                .isPositive();
        assertThat(admin("/settlement/set-aside").statusCode()).isEqualTo(200);
    }

    @Test
    void redisIsDescribed() {
        JsonObject redis = AdminClient.json(admin("/redis"));
        assertThat(redis.getBoolean("connected")).isTrue();
        assertThat(redis.getString("breaker")).isEqualTo("closed");
        assertThat(redis.getString("version")).matches("[0-9]+[.].*");
        assertThat(redis.getJsonObject("gate").getInt("roundTrips")).isPositive();
    }

    @Test
    void administratorsPathsAreForAdministrators() {
        for (String path : List.of(
                "/ledger",
                "/redis",
                "/settlement/batches",
                "/keys/" + key.id() + "/analytics",
                "/accounts/" + key.account() + "/analytics")) {
            assertThat(get("/api/v1/admin" + path, Map.of("X-API-Key", key.secret()))
                            .statusCode())
                    .as(path)
                    .isEqualTo(401);
        }
    }
}
