package dev.tollgate.http.filter;

import dev.tollgate.core.limit.Tier;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.gate.DecisionCounts;
import dev.tollgate.gate.GateResult;
import dev.tollgate.http.route.RoutePolicies;
import dev.tollgate.http.route.RoutePolicyFile;
import jakarta.servlet.Servlet;
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

/** A server with leases over a real Redis, and one caller whose limits are large enough for them. */
abstract class LeasedServerCase {

    /** The caller's window of a minute; its quota is ten times this. */
    static final long LIMIT = 100_000;

    GuardedServer node;
    private final HttpClient http = HttpClient.newHttpClient();
    private final String routes;
    private final Map<String, Servlet> servlets;
    private final InMemoryDirectory directory = new InMemoryDirectory();
    private RealRedis redis;
    private String key;

    /**
     * @param routes a file of route policies
     * @param servlets what is served, by path
     */
    LeasedServerCase(String routes, Map<String, Servlet> servlets) {
        this.routes = routes;
        this.servlets = servlets;
    }

    @BeforeEach
    void start() throws Exception {
        directory.tiers.put("large", tier(LIMIT));
        key = directory.newKey(directory.newAccount(), "large", OptionalLong.empty());
        redis = RealRedis.start();
        RoutePolicies policies = RoutePolicies.ofApplication(Optional.of(RoutePolicyFile.parse("routes.json", routes)));
        node = new GuardedServer(
                redis, directory, GuardedServer.Setup.withLeases(policies, Duration.ofSeconds(1)), servlets);
    }

    @AfterEach
    void stop() throws Exception {
        node.close();
        redis.close();
    }

    private static Tier tier(long limit) {
        return new Tier("large", OptionalLong.of(limit), OptionalLong.of(10 * LIMIT));
    }

    /** Raises the caller's window, as an administrator does. */
    void raiseLimit(long limit) {
        directory.tiers.put("large", tier(limit));
        node.changes.tiersChanged();
    }

    HttpResponse<String> get(String path) {
        HttpRequest request =
                HttpRequest.newBuilder(node.uri(path)).header("X-API-Key", key).build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Returns how many requests under a policy were decided by a source. */
    long decided(String policy, GateResult.Source source) {
        return node.counts.counts().stream()
                .filter(count -> count.policy().equals(policy) && count.source() == source)
                .mapToLong(DecisionCounts.Count::requests)
                .sum();
    }
}
