package dev.tollgate.it.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Ports;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.ShippedWar;
import jakarta.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Administration as the container guards it, and what an edit does to the very next requests. */
class AdminIT extends ShippedWar {

    private final AdminClient operator = new AdminClient(this);

    private HttpResponse<String> upload(String secret) {
        return send(HttpRequest.newBuilder(at("/api/v1/uploads/local"))
                .header("X-API-Key", secret)
                // A revoked key is a guess of its address's, of which other tests have theirs.
                .header("X-Forwarded-For", "203.0.113.21")
                .POST(HttpRequest.BodyPublishers.ofString("hello")));
    }

    private void awaitStatus(String secret, int status) {
        Ports.await(
                "status " + status, Duration.ofSeconds(5), () -> upload(secret).statusCode() == status);
    }

    @Test
    void administrationIsForAdministratorsWhateverTheMethod() {
        for (String method : new String[] {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "PROPFIND"}) {
            HttpRequest.Builder request = HttpRequest.newBuilder(at("/api/v1/admin/accounts"))
                    .method(method, HttpRequest.BodyPublishers.noBody());
            assertThat(send(request).statusCode()).as(method).isEqualTo(401);
            request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString("admin:wrong".getBytes()));
            assertThat(send(request).statusCode()).as(method).isEqualTo(401);
            // Too many failures in a row would be answered with 429.
            assertThat(send(operator.request("/accounts").GET()).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void formsChangeNothing() {
        HttpResponse<String> answer = send(operator.request("/accounts")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("name=x&tier=free")));
        assertThat(answer.statusCode()).isEqualTo(415);
        assertThat(AdminClient.json(answer).getString("code")).isEqualTo("UNSUPPORTED_MEDIA_TYPE");
    }

    @Test
    void problemsAreDocumentsAndStaticPathsAreTheServers() {
        HttpResponse<String> problem = send(operator.request("/nothing").GET());
        assertThat(problem.statusCode()).isEqualTo(404);
        assertThat(problem.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(AdminClient.json(problem).getString("instance"))
                .isEqualTo("/tollgate/api/v1/admin/nothing#"
                        + problem.headers().firstValue("X-Request-Id").orElseThrow());
        HttpResponse<String> bad = send(operator.request("/accounts?size=NaN").GET());
        assertThat(bad.statusCode()).isEqualTo(400);
        assertThat(AdminClient.json(bad).getString("parameter")).isEqualTo("size");
        assertThat(get("/api/v1/nothing", Map.of()).body()).contains("\"code\":\"NOT_FOUND\"");
        assertThat(get("/no/such/page.html", Map.of()).body()).doesNotContain("\"code\"");
    }

    @Test
    void revokedRotatedAndRetieredKeysAreSeenAtOnce() {
        AdminClient.Key key = operator.newKey(operator.newAccount("pro"));
        assertThat(upload(key.secret()).statusCode()).isEqualTo(201);
        HttpResponse<String> rotated = operator.send("POST", "/keys/" + key.id() + "/rotate", "{}");
        assertThat(rotated.statusCode()).as(rotated.body()).isEqualTo(200);
        String fresh = AdminClient.json(rotated).getString("key");
        awaitStatus(key.secret(), 401);
        assertThat(upload(fresh).statusCode()).isEqualTo(201);
        operator.send("PATCH", "/accounts/" + key.account(), "{\"tier\":\"free\"}");
        Ports.await(
                "the new tier",
                Duration.ofSeconds(5),
                () -> upload(fresh)
                        .headers()
                        .firstValue("RateLimit-Policy")
                        .orElse("")
                        .contains("q=10;"));
        assertThat(operator.send("DELETE", "/keys/" + key.id(), null).statusCode())
                .isEqualTo(204);
        awaitStatus(fresh, 401);
        HttpResponse<String> listed =
                send(operator.request("/keys?accountId=" + key.account()).GET());
        assertThat(listed.body()).contains(key.id()).doesNotContain(fresh, key.secret());
    }

    @Test
    void banByHandHoldsIsShownAndIsLifted() {
        AdminClient.Key key = operator.newKey(operator.newAccount("pro"));
        assertThat(upload(key.secret()).statusCode()).isEqualTo(201);
        String body = "{\"caller\":\"" + key.account() + "\",\"level\":\"%s\",\"reason\":\"abuse\"}";
        assertThat(operator.send("POST", "/bans", body.formatted("1_DAY")).statusCode())
                .isEqualTo(201);
        awaitStatus(key.secret(), 429);
        assertThat(operator.send("POST", "/bans", body.formatted("PERMANENT")).statusCode())
                .isEqualTo(201);
        awaitStatus(key.secret(), 403);
        JsonObject banned =
                AdminClient.json(send(operator.request("/bans/" + key.account()).GET()));
        assertThat(banned.getString("level")).isEqualTo("PERMANENT");
        assertThat(operator.send("DELETE", "/bans/" + key.account() + "?reason=sorry", null)
                        .statusCode())
                .isEqualTo(204);
        awaitStatus(key.secret(), 201);
        Ports.await("the audit rows", Duration.ofSeconds(5), () -> auditRows(key.account()) >= 5);
        assertThat(send(operator.request("/audit?caller=" + key.account()).GET())
                        .body())
                .contains(
                        "ACCOUNT_CREATED",
                        "KEY_CREATED",
                        "BAN_APPLIED",
                        "BAN_LIFTED",
                        "sorry",
                        "\"actor\":\"admin\"",
                        "\"callerName\":\"integration pro\"");
    }

    private int auditRows(String caller) {
        return AdminClient.json(send(operator.request("/audit?caller=" + caller).GET()))
                .getInt("total");
    }

    @Test
    void editedTierHoldsAtOnce() {
        String tier = "it-" + UUID.randomUUID().toString().substring(0, 8);
        operator.setTier(tier, "\"windowLimit\":1,\"monthlyQuota\":null");
        AdminClient.Key key = operator.newKey(operator.newAccount(tier));
        Ports.await(
                "the tier known",
                Duration.ofSeconds(5),
                () -> upload(key.secret())
                        .headers()
                        .firstValue("RateLimit-Policy")
                        .orElse("")
                        .contains("q=1;"));
        assertThat(operator.send("PUT", "/tiers/" + tier, "{\"windowLimit\":1000,\"monthlyQuota\":null}")
                        .statusCode())
                .isEqualTo(200);
        awaitStatus(key.secret(), 201);
    }

    @Test
    void healthTellsOfEachPart() {
        HttpResponse<String> ready = get("/health/ready", Map.of());
        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(ready.body())
                .isEqualTo("{\"status\":\"up\",\"components\":"
                        + "{\"node\":\"up\",\"redis\":\"up\",\"postgres\":\"up\",\"metering\":\"up\",\"settlement\":\"up\","
                        + "\"ledger\":\"up\",\"audit\":\"up\",\"storage\":\"up\"}}");
        assertThat(get("/health/live", Map.of()).body()).isEqualTo("{\"status\":\"up\"}");
    }
}
