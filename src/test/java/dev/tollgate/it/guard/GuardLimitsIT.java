package dev.tollgate.it.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Ports;
import dev.tollgate.it.support.AdminClient;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits before other applications, Tollgate's own and those that are left out, and what is metered there. */
@Order(2)
class GuardLimitsIT extends GuardCase {

    @ParameterizedTest
    @ValueSource(strings = {"/complete/", "/ordered/", "/slow/later", "/deferred/later"})
    void tenRequestsPassAndTheEleventhIs429WhateverTheWar(String path) {
        String key = newKey("free").secret();
        HttpResponse<String> refused = FreeWindow.useUp(() -> get(path, key));
        assertThat(refused.headers().firstValue("Content-Type")).contains("application/problem+json");
    }

    @Test
    void aRefusalOfTheGuardIsFoundAtTollgateByItsRequestsId() {
        AdminClient.Key key = newKey("free");
        HttpResponse<String> refused = FreeWindow.useUp(() -> get("/complete/", key.secret()));
        String id = refused.headers().firstValue("X-Request-Id").orElseThrow();
        AtomicReference<JsonArray> found = new AtomicReference<>();
        Ports.await("the refusal", Duration.ofSeconds(10), () -> {
            HttpResponse<String> answer = operator().send("GET", "/refusals?request=" + id, null);
            found.set(AdminClient.json(answer).getJsonArray("items"));
            return !found.get().isEmpty();
        });
        JsonObject row = found.get().getJsonObject(0);
        assertThat(row.getString("caller")).isEqualTo(key.account());
        assertThat(row.getString("keyId")).isEqualTo(key.id());
        assertThat(row.getInt("status")).isEqualTo(429);
        assertThat(row.getString("policy")).isEqualTo("minute");
        assertThat(row.getBoolean("shadow")).isFalse();
    }

    @Test
    void requestsOfTheApplicationThatIsNamedForItComeBackAsAsynchronousDispatchesAndNoOthersDo() {
        String key = newKey("pro").secret();
        Deferred.apartFrom("/slow", "/deferred", path -> get(path, key));
    }

    @Test
    void unknownKeyIs401() {
        HttpResponse<String> refused = get(
                "/complete/", dev.tollgate.core.account.ApiKeyToken.generate().reveal());
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(401);
    }

    @Test
    void aSecretThatWasRotatedAwayIs401AndBansNobody() {
        AdminClient.Key key = newKey("pro");
        assertThat(get("/complete/", key.secret()).statusCode()).isEqualTo(200);
        assertThat(operator()
                        .send("POST", "/keys/" + key.id() + "/rotate", "{}")
                        .statusCode())
                .isEqualTo(200);
        Ports.await(
                "the rotation",
                TWO_SECONDS,
                () -> get("/complete/", key.secret()).statusCode() == 401);
        for (int i = 0; i < 50; i++) {
            HttpResponse<String> refused = get("/complete/", key.secret());
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(refused.body()).contains("INACTIVE_API_KEY");
        }
    }

    @Test
    void applicationThatIsLeftOutIsNot() {
        String key = newKey("free").secret();
        for (int i = 0; i < 12; i++) {
            HttpResponse<String> served = get("/left/", key);
            assertThat(served.statusCode()).isEqualTo(200);
            assertThat(served.headers().firstValue("RateLimit")).isEmpty();
        }
    }

    @Test
    void tollgatesOwnApplicationIsGatedOnce() {
        String key = newKey("free").secret();
        for (int i = 0; i < 10; i++) {
            assertThat(get("/tollgate/api/v1/check", key).statusCode()).isEqualTo(204);
        }
        assertThat(get("/tollgate/api/v1/check", key).statusCode()).isEqualTo(429);
    }

    @Test
    void usageAppearsInAnalyticsUnderTheContextPathAndAsTheApplicationSays() {
        String key = newKey("pro").secret();
        get("/complete/", key);
        get("/complete/nowhere", key);
        get("/slow/later", key);
        get("/slow/later?stored=12", key);
        Ports.await("what was metered", Duration.ofSeconds(5), () -> requests(key, "slow") == 1);
        assertThat(requests(key, "complete")).isEqualTo(2);
        JsonObject said = summary(key, "archive");
        assertThat(said.getInt("totalFilesUploaded")).isEqualTo(1);
        assertThat(said.getInt("totalFileSize")).isEqualTo(12);
    }

    private int requests(String key, String provider) {
        return summary(key, provider).getInt("totalRequests");
    }

    private JsonObject summary(String key, String provider) {
        HttpResponse<String> answer = get("/tollgate/api/v1/analytics?provider=" + provider, key);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return AdminClient.json(answer).getJsonObject("summary");
    }
}
