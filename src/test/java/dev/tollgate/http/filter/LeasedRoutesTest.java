package dev.tollgate.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.limit.Tier;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.gate.DecisionCounts;
import dev.tollgate.gate.GateResult;
import dev.tollgate.http.route.RoutePolicies;
import dev.tollgate.http.route.RoutePolicyFile;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which routes admit a caller that asks often from a lease, over HTTP. */
class LeasedRoutesTest {

    private static final long LIMIT = 100_000;
    private static final String ROUTES = """
            {"routes": [
              {"name": "exact", "path": "/exact", "action": "key-required", "lease": false},
              {"name": "leased", "path": "/leased", "action": "key-required"}
            ]}
            """;

    private static final HttpServlet SERVED = new HttpServlet() {
        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print("served");
        }
    };

    private final HttpClient http = HttpClient.newHttpClient();
    private final InMemoryDirectory directory = new InMemoryDirectory();
    private RealRedis redis;
    private GuardedServer node;
    private String key;
    private long sent;

    @BeforeEach
    void start() throws Exception {
        directory.tiers.put("large", new Tier("large", OptionalLong.of(LIMIT), OptionalLong.of(10 * LIMIT)));
        key = directory.newKey(directory.newAccount(), "large", OptionalLong.empty());
        redis = RealRedis.start();
        RoutePolicies routes = RoutePolicies.ofApplication(Optional.of(RoutePolicyFile.parse("routes.json", ROUTES)));
        node = new GuardedServer(
                redis,
                directory,
                GuardedServer.Setup.withLeases(routes, Duration.ofSeconds(1)),
                Map.of("/exact", SERVED, "/leased", SERVED));
    }

    @AfterEach
    void stop() throws Exception {
        node.close();
        redis.close();
    }

    private HttpResponse<String> get(String path) {
        HttpRequest request =
                HttpRequest.newBuilder(node.uri(path)).header("X-API-Key", key).build();
        try {
            sent++;
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private long decided(String policy, GateResult.Source source) {
        return node.counts.counts().stream()
                .filter(count -> count.policy().equals(policy) && count.source() == source)
                .mapToLong(DecisionCounts.Count::requests)
                .sum();
    }

    private void askUntilALeaseServes() {
        Ports.await("requests admitted from a lease", Duration.ofSeconds(20), () -> {
            for (int i = 0; i < 20; i++) {
                assertThat(get("/leased").statusCode()).isEqualTo(200);
                assertThat(get("/exact").statusCode()).isEqualTo(200);
            }
            return decided("leased", GateResult.Source.LEASE) >= 20;
        });
    }

    @Test
    void aPolicyWithoutLeasesIsDecidedInTheStoreEvenIfTheCallerHasALease() {
        askUntilALeaseServes();
        assertThat(decided("exact", GateResult.Source.STORE)).isEqualTo(sent / 2);
        assertThat(decided("exact", GateResult.Source.LEASE)).isZero();
    }

    @Test
    void whatRemainsIsToldAndIsExactOnceTheLeasesAreGivenBack() {
        askUntilALeaseServes();
        assertThat(get("/leased").headers().firstValue("RateLimit").orElse(""))
                .matches("\"minute\";r=\\d+;t=\\d+, \"month\";r=\\d+;t=\\d+");
        node.leases.close();
        assertThat(get("/leased").headers().firstValue("RateLimit").orElse(""))
                .startsWith("\"minute\";r=" + (LIMIT - sent) + ";")
                .contains("\"month\";r=" + (10 * LIMIT - sent) + ";");
    }
}
