package dev.tollgate.it.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Ports;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.ShippedWar;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import org.junit.jupiter.api.Test;

/** The deployed WAR through a real JMX connection. */
class JmxIT extends ShippedWar {

    private final AdminClient operator = new AdminClient(this);

    private static Jmx connect() {
        return new Jmx(
                Path.of(System.getProperty("tollgate.test.wildfly.home")),
                Integer.getInteger("tollgate.it.management.port"));
    }

    private static Object value(Object table, String key) {
        return ((TabularData) table).get(new Object[] {key}).get("value");
    }

    @Test
    void aConsoleSeesStateLimitsLatencyAndBans() throws Exception {
        AdminClient.Key key = operator.newKey(operator.newAccount("free"));
        for (int i = 0; i < 3; i++) {
            get("/api/v1/check", Map.of("X-API-Key", key.secret()));
        }
        String ban = "{\"caller\":\"" + key.account() + "\",\"level\":\"1_DAY\",\"reason\":\"jmx\"}";
        assertThat(operator.send("POST", "/bans", ban).statusCode()).isEqualTo(201);
        try (Jmx jmx = connect()) {
            assertThat(jmx.ours())
                    .hasSize(3)
                    .allMatch(name -> name.getKeyProperty("context").contains("/tollgate"));
            for (String type : List.of("Gate", "Redis", "Settlement")) {
                assertThat(jmx.descriptions(type))
                        .hasSizeGreaterThan(5)
                        .allSatisfy((feature, description) -> assertThat(description)
                                .as(feature)
                                .contains(" ")
                                .isNotEqualTo(feature));
            }
            assertThat(jmx.descriptions("Redis"))
                    .containsEntry("UsedMemoryBytes", "Memory that Redis uses; -1 if unknown (bytes)");
            assertThat(jmx.get("Gate", "Breaker")).isEqualTo("CLOSED");
            assertThat(value(jmx.get("Gate", "Limits"), "pro")).isEqualTo("window=100/60s month=50000");
            assertThat((Long) value(jmx.get("Gate", "Decisions"), "admitted")).isGreaterThanOrEqualTo(3);
            assertThat((Long) jmx.get("Gate", "LeaseDecisions")).isNotNegative();
            assertThat((Long) jmx.get("Gate", "LeaseUnitsHeld")).isNotNegative();
            Ports.await("Redis looked at", Duration.ofSeconds(15), () -> isUp(jmx));
            CompositeData trips = (CompositeData) value(jmx.get("Redis", "Latency"), "gate");
            assertThat((Long) trips.get("count")).isPositive();
            assertThat((Long) trips.get("p99Micros")).isPositive();
            assertThat((Long) jmx.get("Redis", "Connections")).isPositive();
            Ports.await("the ban counted", Duration.ofSeconds(20), () -> bans(jmx) >= 1);
        }
    }

    private static boolean isUp(Jmx jmx) {
        try {
            return (Boolean) jmx.get("Redis", "Up");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static long bans(Jmx jmx) {
        try {
            return (Long) jmx.get("Gate", "Bans");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aConsoleSettlesNow() throws Exception {
        AdminClient.Key key = operator.newKey(operator.newAccount("pro"));
        send(HttpRequest.newBuilder(at("/api/v1/uploads/local"))
                .header("X-API-Key", key.secret())
                .POST(HttpRequest.BodyPublishers.ofString("hello")));
        try (Jmx jmx = connect()) {
            Ports.await("the upload settled", Duration.ofSeconds(20), () -> {
                try {
                    assertThat((String) jmx.invoke("Settlement", "settleNow")).contains("ran=true");
                    return (Long) jmx.get("Settlement", "SettledRequests") > 0;
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
            assertThat(jmx.get("Settlement", "Failing")).isEqualTo(false);
        }
    }
}
