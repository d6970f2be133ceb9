package dev.tollgate.it.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.fixture.Ports;
import dev.tollgate.it.support.AdminClient;
import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Administrators' edits and the audit trail, as far as a guard has part in them. */
@Order(2)
class GuardEditsIT extends GuardCase {

    @Test
    void liftedBanAndOtherEditsHoldWithinTwoSeconds() {
        AdminClient.Key key = newKey("pro");
        assertThat(get("/complete/", key.secret()).statusCode()).isEqualTo(200);
        assertThat(operator()
                        .send(
                                "POST",
                                "/bans",
                                "{\"caller\":\"" + key.account() + "\",\"level\":\"1_DAY\",\"reason\":\"a test\"}")
                        .statusCode())
                .isLessThan(300);
        Ports.await(
                "the ban",
                TWO_SECONDS,
                () -> get("/complete/", key.secret()).body().contains("BANNED"));
        assertThat(operator()
                        .send("DELETE", "/bans/" + key.account() + "?reason=a+test", null)
                        .statusCode())
                .isLessThan(300);
        Ports.await(
                "the lift", TWO_SECONDS, () -> get("/complete/", key.secret()).statusCode() == 200);
        operator().setTier("guarded", "\"windowLimit\":1,\"monthlyQuota\":null");
        operator().send("PATCH", "/accounts/" + key.account(), "{\"tier\":\"guarded\"}");
        Ports.await(
                "the new tier",
                TWO_SECONDS,
                () -> get("/complete/", key.secret()).statusCode() == 429);
        operator().send("PUT", "/tiers/guarded", "{\"windowLimit\":1000,\"monthlyQuota\":null}");
        Ports.await(
                "the raised limit",
                TWO_SECONDS,
                () -> get("/complete/", key.secret()).statusCode() == 200);
        operator().send("DELETE", "/keys/" + key.id(), null);
        Ports.await(
                "the revoked key",
                TWO_SECONDS,
                () -> get("/complete/", key.secret()).statusCode() == 401);
    }

    @Test
    void restrictionsSuspensionAndOverlapReachTheGuardWithinTwoSeconds() {
        AdminClient.Key key = newKey("pro");
        String path = "/keys/" + key.id();
        assertThat(get("/complete/", key.secret()).statusCode()).isEqualTo(200);
        operator().send("PATCH", path, "{\"addresses\":[\"192.0.2.0/24\"],\"scopes\":[\"a\"]}");
        Ports.await(
                "the networks",
                TWO_SECONDS,
                () -> get("/complete/", key.secret()).body().contains("ADDRESS_NOT_ALLOWED"));
        Ports.await(
                "the audit row",
                Duration.ofSeconds(10),
                () -> operator()
                        .send("GET", "/audit?caller=" + key.account(), null)
                        .body()
                        .contains("ADDRESS_REFUSED"));
        operator().send("PATCH", path, "{\"addresses\":null,\"suspended\":true}");
        Ports.await(
                "the suspension",
                TWO_SECONDS,
                () -> get("/complete/", key.secret()).statusCode() == 401);
        operator().send("PATCH", path, "{\"suspended\":false}");
        Ports.await(
                "the key again",
                TWO_SECONDS,
                () -> get("/complete/", key.secret()).statusCode() == 200);
        String fresh = AdminClient.json(operator().send("POST", path + "/rotate", "{\"overlapSeconds\":600}"))
                .getString("key");
        Ports.await(
                "the notice",
                TWO_SECONDS,
                () -> get("/complete/", key.secret())
                        .headers()
                        .firstValue("Sunset")
                        .isPresent());
        assertThat(get("/complete/", key.secret()).statusCode()).isEqualTo(200);
        assertThat(get("/complete/", fresh).statusCode()).isEqualTo(200);
        operator().send("POST", path + "/rotate", "{}");
        Ports.await(
                "the end of both",
                TWO_SECONDS,
                () -> get("/complete/", key.secret()).statusCode() == 401
                        && get("/complete/", fresh).statusCode() == 401);
    }

    @Test
    void anImportedSecretThatWasTriedBeforeIsKnownToTheGuardWithinTwoSeconds() {
        AdminClient.Key key = newKey("pro");
        String secret = "tg_of_another_system_" + key.id();
        assertThat(get("/complete/", secret).statusCode()).isEqualTo(401);
        String line = "[{\"accountId\":\"" + key.account() + "\",\"name\":\"old\",\"sha256\":\""
                + ApiKeyToken.hash(secret) + "\",\"prefix\":\"tg_of_an\"}]";
        assertThat(operator().send("POST", "/keys/import", line).statusCode()).isEqualTo(201);
        Ports.await("the key", TWO_SECONDS, () -> get("/complete/", secret).statusCode() == 200);
        operator().send("DELETE", "/accounts/" + key.account(), null);
        Ports.await(
                "the closed account",
                TWO_SECONDS,
                () -> get("/complete/", secret).statusCode() == 401
                        && get("/complete/", key.secret()).statusCode() == 401);
    }

    @Test
    void refusalIsInTheAuditTrail() {
        AdminClient.Key key = newKey("free");
        for (int i = 0; i < 11; i++) {
            get("/ordered/", key.secret());
        }
        Ports.await(
                "the row",
                Duration.ofSeconds(10),
                () -> operator()
                        .send("GET", "/audit?caller=" + key.account(), null)
                        .body()
                        .contains("LIMIT_EXCEEDED"));
    }
}
