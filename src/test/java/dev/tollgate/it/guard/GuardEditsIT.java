package dev.tollgate.it.guard;

import static org.assertj.core.api.Assertions.assertThat;

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
