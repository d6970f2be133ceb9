package dev.tollgate.it.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Ports;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.ShippedWar;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What operators find of refusals in the WAR as it ships: by a request's id, and before a policy is enforced. */
class RefusalsIT extends ShippedWar {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final AdminClient operator = new AdminClient(this);

    private HttpResponse<String> upload(String secret) {
        return send(HttpRequest.newBuilder(at("/api/v1/uploads/local"))
                .header("X-API-Key", secret)
                .POST(HttpRequest.BodyPublishers.ofString("hello")));
    }

    private HttpResponse<String> uploadUntil(String secret, int status) {
        AtomicReference<HttpResponse<String>> last = new AtomicReference<>();
        Ports.await("status " + status, PATIENCE, () -> {
            last.set(upload(secret));
            return last.get().statusCode() == status;
        });
        return last.get();
    }

    private JsonObject json(String path) {
        HttpResponse<String> answer = send(operator.request(path).GET());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return AdminClient.json(answer);
    }

    private static String idOf(HttpResponse<String> answer) {
        return answer.headers().firstValue("X-Request-Id").orElseThrow();
    }

    private JsonObject awaitRefusal(HttpResponse<String> answer) {
        AtomicReference<JsonArray> found = new AtomicReference<>();
        Ports.await("the refusal", PATIENCE, () -> {
            found.set(json("/refusals?request=" + idOf(answer)).getJsonArray("items"));
            return !found.get().isEmpty();
        });
        assertThat(found.get()).hasSize(1);
        return found.get().getJsonObject(0);
    }

    @Test
    void aRefusalIsFoundByItsRequestsIdWithAllThatAnOperatorAsks() {
        String account = operator.newAccount("free", "refused customer");
        AdminClient.Key key = operator.newKey(account);
        HttpResponse<String> refused = uploadUntil(key.secret(), 429);
        JsonObject row = awaitRefusal(refused);
        assertThat(row.getString("caller")).isEqualTo(account);
        assertThat(row.getString("accountId")).isEqualTo(account);
        assertThat(row.getString("accountName")).isEqualTo("refused customer");
        assertThat(row.getString("keyId")).isEqualTo(key.id());
        assertThat(row.getString("route")).isEqualTo("uploads");
        assertThat(row.getString("policy")).isEqualTo("minute");
        assertThat(row.getInt("status")).isEqualTo(429);
        assertThat(row.getString("code")).isEqualTo("RATE_LIMIT_EXCEEDED");
        assertThat(row.getString("address")).isEqualTo("127.0.0.1");
        assertThat(row.getBoolean("shadow")).isFalse();
        assertThat(json("/refusals?caller=" + account + "&route=uploads&code=RATE_LIMIT_EXCEEDED&shadow=false")
                        .getInt("total"))
                .isEqualTo(1);
        HttpResponse<String> table = send(
                operator.request("/refusals/export?request=" + idOf(refused)).GET());
        assertThat(table.body()).contains(idOf(refused)).doesNotContain(key.secret());
    }

    @Test
    void anUnknownKeyIsFoundToo() {
        HttpResponse<String> refused = send(HttpRequest.newBuilder(at("/api/v1/limits"))
                .header("X-API-Key", "tg_" + "x".repeat(43))
                .header("X-Forwarded-For", "203.0.113.77"));
        assertThat(refused.statusCode()).isEqualTo(401);
        JsonObject row = awaitRefusal(refused);
        assertThat(row.getString("code")).isEqualTo("INVALID_API_KEY");
        assertThat(row.getString("caller")).startsWith("ip:");
        assertThat(row.isNull("keyId")).isTrue();
        assertThat(row.isNull("policy")).isTrue();
    }

    @Test
    void inShadowModeWhatWouldHaveBeenRefusedIsFoundAndReported() {
        String account = operator.newAccount("free", "watched customer");
        AdminClient.Key key = operator.newKey(account);
        assertThat(operator.send("PATCH", "/routes/uploads", "{\"mode\":\"shadow\"}")
                        .statusCode())
                .isEqualTo(200);
        try {
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                HttpResponse<String> passed = upload(key.secret());
                assertThat(passed.statusCode()).isEqualTo(201);
                ids.add(idOf(passed));
            }
            AtomicReference<JsonArray> found = new AtomicReference<>();
            Ports.await("what would have been refused", PATIENCE, () -> {
                found.set(json("/refusals?shadow=true&caller=" + account).getJsonArray("items"));
                return !found.get().isEmpty();
            });
            JsonObject row = found.get().getJsonObject(0);
            assertThat(row.getInt("status")).isEqualTo(429);
            assertThat(row.getString("policy")).isEqualTo("minute");
            assertThat(ids).contains(row.getString("requestId"));
            assertThat(json("/refusals?request=" + row.getString("requestId")).getInt("total"))
                    .isEqualTo(1);
            JsonObject report = json("/routes/uploads/shadow");
            assertThat(report.getString("mode")).isEqualTo("shadow");
            assertThat(report.getJsonArray("limits").toString())
                    .contains(account)
                    .contains("watched customer");
        } finally {
            operator.send("PATCH", "/routes/uploads", "{\"mode\":null}");
        }
        assertThat(send(operator.request("/routes/no-such-route/shadow").GET()).statusCode())
                .isEqualTo(404);
    }
}
