package dev.tollgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Ports;
import jakarta.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
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

    private final Operator operator = new Operator(this);
    private Operator.Key key;

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
                () -> Operator.json(admin(path)).getJsonObject("summary").getInt("totalRequests") == requests);
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
                    return Operator.json(answer).getInt("accepted");
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
        assertThat(Operator.json(taken).getInt("accepted")).isEqualTo(1);
        HttpResponse<String> again = post("application/cloudevents+json", event);
        assertThat(Operator.json(again).getInt("repeated")).isEqualTo(1);
        HttpResponse<String> bad = post("application/json", "[{\"id\":\"1\"}]");
        assertThat(bad.statusCode()).isEqualTo(400);
        assertThat(Operator.json(bad).getString("code")).isEqualTo("INVALID_EVENTS");
    }

    @Test
    void postingNeedsAKey() {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(at("/api/v1/usage"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("[]")));
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(Operator.json(answer).getString("code")).isEqualTo("MISSING_API_KEY");
    }

    @Test
    void theLedgerBalancesAndTheSettlementIsShown() {
        post("application/json", batch(10));
        awaitRequests("/keys/" + key.id() + "/analytics", 10);
        JsonObject ofKey = Operator.json(admin("/ledger?keyId=" + key.id()));
        assertThat(ofKey.getInt("recorded")).isEqualTo(10);
        assertThat(ofKey.getBoolean("balanced")).isTrue();
        Ports.await(
                "the batch settled",
                Duration.ofSeconds(20),
                () -> Operator.json(admin("/ledger?keyId=" + key.id())).getInt("accounted") == 10);
        JsonObject ledger = Operator.json(admin("/ledger"));
        assertThat(ledger.getJsonNumber("settled").longValue()).isGreaterThanOrEqualTo(10);
        JsonObject batches = Operator.json(admin("/settlement/batches?size=1"));
        assertThat(batches.getJsonArray("items").getJsonObject(0).getInt("keys"))
                .isPositive();
        assertThat(admin("/settlement/set-aside").statusCode()).isEqualTo(200);
    }

    @Test
    void redisIsDescribed() {
        JsonObject redis = Operator.json(admin("/redis"));
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
