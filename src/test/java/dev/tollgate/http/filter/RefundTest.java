package dev.tollgate.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.account.RequestAttributes;
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

/** What is given back when a request cost less than it was charged, over HTTP, with leases and without. */
class RefundTest {

    private static final long LIMIT = 100_000;
    private static final String ROUTES = """
            {"routes": [
              {"name": "dear", "path": "/dear", "action": "key-required", "cost": 10},
              {"name": "exact", "path": "/exact", "action": "key-required", "cost": 10, "lease": false},
              {"name": "success", "path": "/success", "action": "key-required", "cost": 10, "charge": "success"}
            ]}
            """;

    /** Costs what the parameter says, and answers with the status that the parameter says. */
    private static final HttpServlet SERVED = new HttpServlet() {
        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            if (request.getParameter("cost") != null) {
                request.setAttribute(RequestAttributes.COST, Long.valueOf(request.getParameter("cost")));
            }
            if (request.getParameter("status") != null) {
                response.setStatus(Integer.parseInt(request.getParameter("status")));
            }
            if (request.getParameter("broken") != null) {
                throw new IllegalStateException("as the test wants");
            }
            response.getWriter().print("served");
        }
    };

    private final HttpClient http = HttpClient.newHttpClient();
    private final InMemoryDirectory directory = new InMemoryDirectory();
    private RealRedis redis;
    private GuardedServer node;
    private String key;

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
                Map.of("/dear", SERVED, "/exact", SERVED, "/success", SERVED));
    }

    @AfterEach
    void stop() throws Exception {
        node.close();
        redis.close();
    }

    private HttpResponse<String> get(String path) {
        try {
            return http.send(
                    HttpRequest.newBuilder(node.uri(path))
                            .header("X-API-Key", key)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Asks, by a request that costs nothing in the end, how much of the minute is used. */
    private long used() {
        String remaining = get("/exact?cost=0")
                .headers()
                .firstValue("X-RateLimit-Remaining")
                .orElseThrow();
        return LIMIT - Long.parseLong(remaining) - 10;
    }

    /** What is given back is on its way when the answer comes. */
    private void becomesUsed(long units) {
        Ports.await(units + " units used", Duration.ofSeconds(5), () -> used() == units);
    }

    @Test
    void anApplicationThatSaysLessOrNothingIsChargedThat() {
        get("/exact?cost=4");
        becomesUsed(4);
        get("/exact?cost=0");
        becomesUsed(4);
        get("/exact?cost=-7");
        becomesUsed(4);
        get("/exact?cost=12");
        becomesUsed(16);
    }

    @Test
    void answersThatAreNoSuccessCostNothingWhereThePolicySaysSo() {
        get("/success?status=404");
        get("/success?status=503");
        get("/success?broken=yes");
        becomesUsed(0);
        get("/success?status=302");
        becomesUsed(10);
        get("/dear?status=404");
        becomesUsed(20);
    }

    @Test
    void unitsOfALeaseGoBackIntoIt() {
        Ports.await("requests admitted from a lease", Duration.ofSeconds(20), () -> {
            for (int i = 0; i < 20; i++) {
                assertThat(get("/dear?cost=0").statusCode()).isEqualTo(200);
            }
            return node.counts.counts().stream()
                            .filter(count -> count.source() == GateResult.Source.LEASE)
                            .mapToLong(DecisionCounts.Count::requests)
                            .sum()
                    >= 20;
        });
        node.leases.close();
        becomesUsed(0);
    }
}
