package dev.tollgate.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.limit.AccountStateSource;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.fixture.ContinuousCaller;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.TcpProxy;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.http.route.RoutePolicies;
import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * A node before a real Redis whose network can fail, with the WAR's own time budget, breaker and timeouts, and callers over HTTP
 * all the while. Each test prints a line; docs/operations.md shows them.
 */
abstract class RedisTroubleCase {

    static final OptionalLong WIDE = OptionalLong.of(1_000_000);
    private static final Servlet FINE = new HttpServlet() {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) {
            response.setStatus(200);
        }
    };
    private static final Map<String, Servlet> PLAIN =
            Map.of("/plain", FINE, "/open", FINE, "/local", FINE, "/closed", FINE);

    final InMemoryDirectory directory = new InMemoryDirectory();
    final Map<Caller, AccountStateSource.AccountState> remembered = new ConcurrentHashMap<>();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<AutoCloseable> open = new ArrayList<>();
    RealRedis redis;
    TcpProxy network;
    GuardedServer node;
    String key;
    String bannedKey;

    @BeforeEach
    void start() {
        redis = opened(RealRedis.start());
        network = opened(new TcpProxy(redis.port()));
        key = directory.newKey(directory.newAccount(), "enterprise", WIDE);
        bannedKey = permanentlyBanned();
    }

    @AfterEach
    void stop() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    <T extends AutoCloseable> T opened(T resource) {
        open.add(resource);
        return resource;
    }

    String permanentlyBanned() {
        String account = directory.newAccount();
        remembered.put(
                Caller.account(account),
                new AccountStateSource.AccountState(
                        7, Optional.of(new Ban(BanLevel.PERMANENT, "enough", 1_000, OptionalLong.empty()))));
        return directory.newKey(account, "enterprise", WIDE);
    }

    ContinuousCaller serve(FailureMode mode) throws Exception {
        return serve(mode, RoutePolicies.ofApplication(Optional.empty()));
    }

    ContinuousCaller serve(FailureMode mode, RoutePolicies routes) throws Exception {
        node = opened(new GuardedServer(
                GuardedServer.Way.byDefault(
                        network.url(),
                        (caller, month) -> CompletableFuture.completedFuture(
                                remembered.getOrDefault(caller, AccountStateSource.AccountState.NONE))),
                directory,
                new GuardedServer.Setup(routes, List.of(), List.of(), mode),
                PLAIN));
        ContinuousCaller caravan = opened(new ContinuousCaller(node.uri("/plain"), key));
        caravan.awaitDecided(0);
        Ports.await("the ban known", Duration.ofSeconds(20), () -> status(bannedKey) == 403);
        return caravan;
    }

    HttpResponse<String> get(String secret) {
        return get("/plain", secret);
    }

    HttpResponse<String> get(String path, String secret) {
        try {
            return http.send(
                    HttpRequest.newBuilder(node.uri(path))
                            .header("X-API-Key", secret)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    int status(String secret) {
        return get(secret).statusCode();
    }

    void over(String trouble, ContinuousCaller caravan, long began) {
        long ended = caravan.now();
        caravan.awaitDecided(ended);
        caravan.tell(trouble, began, ended);
        assertThat(caravan.statuses()).containsOnlyKeys(200);
        assertThat(status(bannedKey)).isEqualTo(403);
    }
}
