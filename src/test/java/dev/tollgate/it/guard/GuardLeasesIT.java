package dev.tollgate.it.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.redis.RedisWire;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.it.support.AdminClient;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Leases of a guard, which another node's edits end: the WAR's, where administrators work. */
@Order(2)
class GuardLeasesIT extends GuardCase {

    private static final int MANY = 50;

    private final ExecutorService clients = Executors.newFixedThreadPool(4);

    @BeforeEach
    void setTier() {
        window(60_000);
    }

    @AfterEach
    void close() {
        clients.shutdownNow();
    }

    private static void window(int limit) {
        operator().setTier("leased", "\"windowLimit\":" + limit + ",\"monthlyQuota\":null");
    }

    private static int ask(AdminClient.Key key) {
        return get("/complete/", key.secret()).statusCode();
    }

    /** Asks the guard often, until it holds a lease of the account. Nobody else is asked, so it is the guard's. */
    private AdminClient.Key leasedKey() {
        AdminClient.Key key = newKey("leased");
        Ports.await("a lease of the guard", Duration.ofSeconds(30), () -> {
            CompletableFuture.allOf(
                            CompletableFuture.runAsync(() -> askMany(key), clients),
                            CompletableFuture.runAsync(() -> askMany(key), clients))
                    .join();
            try (RedisWire redis = new RedisWire(IntegrationServers.redis().port())) {
                return (Long) redis.send("EXISTS", "leases:{" + key.account() + "}") == 1;
            }
        });
        return key;
    }

    private static void askMany(AdminClient.Key key) {
        for (int i = 0; i < MANY; i++) {
            assertThat(ask(key)).isEqualTo(200);
        }
    }

    /** The guard, asked all the time, refuses within two seconds and then admits nothing more. */
    private static void refusesFromNowOn(AdminClient.Key key, int status) {
        Ports.await("the change", TWO_SECONDS, () -> ask(key) == status);
        for (int i = 0; i < MANY; i++) {
            assertThat(ask(key)).isEqualTo(status);
        }
    }

    @Test
    void banEndsThemAndItsLiftAdmitsAgain() {
        AdminClient.Key key = leasedKey();
        operator()
                .send(
                        "POST",
                        "/bans",
                        "{\"caller\":\"" + key.account() + "\",\"level\":\"1_DAY\",\"reason\":\"leases\"}");
        refusesFromNowOn(key, 429);
        operator().send("DELETE", "/bans/" + key.account() + "?reason=over", null);
        Ports.await("the lift", TWO_SECONDS, () -> ask(key) == 200);
    }

    @Test
    void revokedKeyEndsThem() {
        AdminClient.Key key = leasedKey();
        operator().send("DELETE", "/keys/" + key.id(), null);
        refusesFromNowOn(key, 401);
    }

    @Test
    void loweredTierEndsThem() {
        AdminClient.Key key = leasedKey();
        window(2);
        refusesFromNowOn(key, 429);
    }

    @Test
    void limitsOfTheAccountsOwnEndThem() {
        AdminClient.Key key = leasedKey();
        operator()
                .send(
                        "PUT",
                        "/accounts/" + key.account() + "/limits",
                        "{\"windows\":[{\"name\":\"minute\",\"limit\":2,\"seconds\":60}],\"reason\":\"leases\"}");
        refusesFromNowOn(key, 429);
    }

    @Test
    void anotherTierOfTheAccountEndsThem() {
        AdminClient.Key key = leasedKey();
        operator().send("PATCH", "/accounts/" + key.account(), "{\"tier\":\"free\"}");
        refusesFromNowOn(key, 429);
    }

    @Test
    void resetEndsThem() {
        AdminClient.Key key = leasedKey();
        operator().send("POST", "/callers/" + key.account() + "/reset", "{\"windows\":true,\"reason\":\"a test\"}");
        // What was spent of a lease stays charged, which is one in a hundred units at most.
        Ports.await("what is charged", TWO_SECONDS, () -> charged(key) < 600);
    }

    private static long charged(AdminClient.Key key) {
        JsonObject minute = guarded.node()
                .admin("/callers/" + key.account())
                .getJsonArray("policies")
                .getJsonObject(0);
        return minute.getInt("limit") - minute.getInt("remaining");
    }
}
