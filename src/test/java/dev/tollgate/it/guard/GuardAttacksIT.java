package dev.tollgate.it.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.Bystander;
import dev.tollgate.it.support.RedisAttacker;
import dev.tollgate.it.support.Strangers;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bodies that nobody reads, and forged values in Redis, before applications that are guarded. */
@Order(2)
class GuardAttacksIT extends GuardCase {

    @ParameterizedTest
    @CsvSource({
        "STREAMS,POST,/complete/",
        "STREAMS_TRICKLED,GET,/slow/later",
        "CHUNKED,GET,/deferred/later",
        "LENGTH,POST,/ordered/"
    })
    void bodiesThatGuardedApplicationsDoNotReadHoldUpNobody(Strangers.Way way, String method, String path)
            throws Exception {
        Bystander bystander = new Bystander(guarded.node());
        URI left = guarded.at("/left/");
        bystander.ask(left);
        Bystander.Latency calm = bystander.ask(left);
        String key = newKey("enterprise").secret();
        URI attacked = guarded.at(path);
        try (Strangers strangers = new Strangers(attacked, way, method, key)) {
            strangers.awaitFirsts();
            System.out.println(
                    "[unread] guarded " + way + " " + path + ": " + bystander.isServedBeside(left, null, calm));
        }
    }

    /** Asked at the guarded application and, by the same attack, of Tollgate's own. */
    @Test
    void whatSomebodyWritesToRedisIsNobodysIdentityTierOrLift() {
        RedisAttacker attacker = new RedisAttacker(IntegrationServers.redis());
        AdminClient.Key theirs = newKey("enterprise");
        assertThat(get("/complete/", theirs.secret()).statusCode()).isEqualTo(200);
        String forged = attacker.forgeKey(theirs.id(), theirs.account(), "enterprise");
        assertThat(get("/complete/", forged).statusCode()).isEqualTo(401);
        String swapped = attacker.copyEntry(theirs.secret());
        assertThat(get("/complete/", swapped).statusCode()).isEqualTo(401);
        AdminClient.Key free = newKey("free");
        attacker.set("tier:{" + free.account() + "}", "enterprise");
        assertThat(get("/complete/", free.secret())
                        .headers()
                        .firstValue("RateLimit-Policy")
                        .orElse(""))
                .contains("\"minute\";q=10;");
        String before = attacker.entryOf(theirs.secret());
        operator().send("DELETE", "/keys/" + theirs.id(), null);
        Ports.await(
                "the revoked key",
                TWO_SECONDS,
                () -> get("/complete/", theirs.secret()).statusCode() == 401);
        attacker.set("apikey:{" + dev.tollgate.core.account.ApiKeyToken.hash(theirs.secret()) + "}", before);
        attacker.publish("changes:sealed", "1 everything -");
        attacker.incr("edition");
        assertThat(attacker.staysTrueFor(
                        Duration.ofSeconds(2),
                        () -> get("/complete/", theirs.secret()).statusCode() == 401))
                .as("a replayed entry of a revoked key")
                .isTrue();
        assertThat(operator()
                        .send(
                                "POST",
                                "/bans",
                                "{\"caller\":\"" + free.account() + "\",\"level\":\"PERMANENT\",\"reason\":\"a test\"}")
                        .statusCode())
                .isLessThan(300);
        Ports.await(
                "the ban", TWO_SECONDS, () -> get("/complete/", free.secret()).statusCode() == 403);
        attacker.lift(free.account());
        assertThat(attacker.staysTrueFor(
                        Duration.ofSeconds(2),
                        () -> get("/complete/", free.secret()).statusCode() == 403))
                .as("a forged lift")
                .isTrue();
    }
}
