package dev.tollgate.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.account.RequestAttributes;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.http.route.RoutePolicies;
import dev.tollgate.http.route.RoutePolicyFile;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a caller sees, over HTTP, before servlets that know nothing of the gate. */
class RateLimitFilterTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static final Servlet PLAIN =
            servlet((request, response) -> response.getWriter().print("served"));
    private static final Servlet FAILING = servlet((request, response) -> response.sendError(500));
    private static final Servlet THROWING = servlet((request, response) -> {
        throw new IOException("on purpose");
    });
    private static final Servlet LATER = servlet((request, response) -> {
        AsyncContext later = request.startAsync();
        later.start(() -> {
            try {
                later.getResponse().getWriter().print("later");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            later.complete();
        });
    });
    private static final Servlet ODD = servlet((request, response) -> {
        request.setAttribute(RequestAttributes.PROVIDER, "No Provider's Name");
        request.setAttribute(RequestAttributes.FILE_SIZE, Long.MAX_VALUE);
        request.setAttribute(RequestAttributes.FILE_TYPE, "Text/HTML; charset=UTF-8");
    });
    private static final Servlet AGAIN = servlet((request, response) -> {
        if (request.getAttribute("again") == null) {
            request.setAttribute("again", true);
            request.startAsync().dispatch("/plain");
        }
    });

    private static RealRedis redis;

    private final GuardedServer.Directory directory = new GuardedServer.Directory();
    private GuardedServer node;
    private String account;
    private String key;

    private interface Body {
        void serve(HttpServletRequest request, HttpServletResponse response) throws IOException;
    }

    private static Servlet servlet(Body body) {
        return new HttpServlet() {
            private static final long serialVersionUID = 1L;

            @Override
            protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
                body.serve(request, response);
            }
        };
    }

    @BeforeAll
    static void startRedis() {
        redis = RealRedis.start();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @BeforeEach
    void start() throws Exception {
        node = node(GuardedServer.Setup.PLAIN);
        node.client.getKeys().flushall();
        account = directory.newAccount();
        key = directory.newKey(account, "free", OptionalLong.empty());
    }

    @AfterEach
    void stop() throws Exception {
        node.close();
    }

    private GuardedServer node(GuardedServer.Setup setup) throws Exception {
        return new GuardedServer(
                redis,
                directory,
                setup,
                Map.of(
                        "/plain",
                        PLAIN,
                        "/failing",
                        FAILING,
                        "/throwing",
                        THROWING,
                        "/later",
                        LATER,
                        "/again",
                        AGAIN,
                        "/odd",
                        ODD));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder with(String secret, String path) {
        return HttpRequest.newBuilder(node.uri(path)).header("X-API-Key", secret);
    }

    private static long remaining(HttpResponse<String> response) {
        return Long.parseLong(
                response.headers().firstValue("X-RateLimit-Remaining").orElseThrow());
    }

    @Test
    void tenPassFourAreRefusedThenTheBanWhateverHeaderAndKey() throws Exception {
        String second = directory.newKey(account, "free", OptionalLong.empty());
        List<Integer> statuses = new ArrayList<>();
        HttpResponse<String> last = null;
        for (int i = 0; i < 16; i++) {
            String secret = i % 2 == 0 ? key : second;
            HttpRequest.Builder request = HttpRequest.newBuilder(node.uri("/plain"));
            last = send(
                    i % 3 == 0
                            ? request.header("Authorization", "Bearer " + secret)
                            : request.header("X-API-Key", secret));
            statuses.add(last.statusCode());
        }
        assertThat(statuses)
                .containsExactly(200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 429, 429, 429, 429, 429, 429);
        assertThat(last.body()).contains("\"code\":\"BANNED\"").contains("\"level\":\"5_MIN\"");
        assertThat(last.headers()
                        .firstValue("Retry-After")
                        .map(Integer::parseInt)
                        .orElseThrow())
                .isBetween(290, 300);
        assertThat(node.audited(Caller.account(account)))
                .containsExactly(AuditEvent.Type.LIMIT_EXCEEDED, AuditEvent.Type.BAN_APPLIED);
    }

    @Test
    void everyGuardedAnswerSaysWhereTheCallerStands() throws Exception {
        HttpResponse<String> response = send(with(key, "/plain"));
        assertThat(response.headers().firstValue("RateLimit"))
                .get()
                .asString()
                .startsWith("\"minute\";r=9;t=60, \"month\";r=999;t=");
        assertThat(response.headers().firstValue("RateLimit-Policy"))
                .get()
                .asString()
                .startsWith("\"minute\";q=10;w=60, \"month\";q=1000;w=");
        HttpResponse<String> failed = send(with(key, "/failing"));
        assertThat(remaining(failed)).isEqualTo(8);
    }

    @Test
    void aKeysOwnLowerWindowHoldsBesidesItsAccounts() throws Exception {
        String own = directory.newKey(account, "free", OptionalLong.of(2));
        send(with(own, "/plain"));
        send(with(own, "/plain"));
        HttpResponse<String> refused = send(with(own, "/plain"));
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.body()).contains("\"violated-policies\":[\"key\"]");
        assertThat(send(with(key, "/plain")).statusCode()).isEqualTo(200);
    }

    @Test
    void asynchronousAndForwardedAndFailedRequestsAreChargedAndMeteredOnce() throws Exception {
        assertThat(send(with(key, "/later")).body()).isEqualTo("later");
        assertThat(send(with(key, "/again")).body()).isEqualTo("served");
        assertThat(send(with(key, "/failing")).statusCode()).isEqualTo(500);
        HttpResponse<String> thrown = send(with(key, "/throwing"));
        assertThat(thrown.statusCode()).isEqualTo(500);
        assertThat(remaining(send(with(key, "/plain")))).isEqualTo(5);
        Ports.await("five requests metered", Duration.ofSeconds(5), () -> node.usage.size() == 5);
        assertThat(node.usage)
                .extracting(UsageEvent::successful)
                .containsExactlyInAnyOrder(true, true, false, false, true);
        assertThat(node.usage).extracting(UsageEvent::provider).containsOnly("app");
    }

    @Test
    void whateverAServletSaysAboutItsRequestIsMeteredInTheFormThereIs() throws Exception {
        send(with(key, "/odd"));
        assertThat(send(with(key, "/absent")).statusCode()).isEqualTo(404);
        Ports.await("both metered", Duration.ofSeconds(5), () -> node.usage.size() == 2);
        assertThat(node.usage.get(0).mediaType()).isEqualTo("text/html");
        assertThat(node.usage.get(0).bytes()).isEqualTo(UsageEvent.MAX_BYTES);
        assertThat(node.usage.get(0).provider()).isEqualTo("app");
        assertThat(node.usage.get(1).successful()).isFalse();
    }

    @Test
    void aPlainRequestIsMeteredUnderItsRoutesProviderAndElseUnderTheContextPath() throws Exception {
        RoutePolicyFile file = RoutePolicyFile.parse(
                "routes.json",
                "{\"routes\":[{\"name\":\"plain\",\"path\":\"/plain\",\"action\":\"limit\",\"provider\":\"backend\"}]}");
        GuardedServer.Setup setup = new GuardedServer.Setup(
                RoutePolicies.ofApplication(Optional.of(file)), List.of(), List.of(), FailureMode.OPEN);
        try (GuardedServer routed = node(setup)) {
            for (String path : List.of("/plain", "/later")) {
                send(HttpRequest.newBuilder(routed.uri(path)).header("X-API-Key", key));
            }
            Ports.await("both metered", Duration.ofSeconds(5), () -> routed.usage.size() == 2);
            assertThat(routed.usage).extracting(UsageEvent::provider).containsExactly("backend", "app");
        }
    }

    @Test
    void headIsChargedLikeGetAndAPreflightToTheAddress() throws Exception {
        HttpRequest head = with(key, "/plain")
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .build();
        assertThat(HTTP.send(head, HttpResponse.BodyHandlers.discarding()).statusCode())
                .isEqualTo(200);
        HttpResponse<String> preflight = send(HttpRequest.newBuilder(node.uri("/plain"))
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .header("Origin", "https://example.org")
                .header("Access-Control-Request-Method", "PUT"));
        assertThat(preflight.statusCode()).isEqualTo(200);
        assertThat(remaining(preflight)).isEqualTo(9);
        assertThat(remaining(send(with(key, "/plain").method("OPTIONS", HttpRequest.BodyPublishers.noBody()))))
                .as("other OPTIONS are requests like any")
                .isEqualTo(8);
    }

    @Test
    void guessingCostsTheAddressAndSparesTheDatabase() throws Exception {
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String guess = "tg_" + String.format("%043d", i);
            statuses.add(send(with(guess, "/plain")).statusCode());
        }
        assertThat(statuses.subList(0, 10)).containsOnly(401);
        assertThat(statuses.subList(10, 40)).containsOnly(429);
        assertThat(directory.lookups.get()).isBetween(10, 39);
        Ports.await(
                "a good key of the same office served in spite of its neighbour's guesses",
                Duration.ofSeconds(5),
                () -> status(node, key) == 200);
    }

    @Test
    void oddHeadersAreRefusedOrIgnoredButNeverBreakTheGate() throws Exception {
        for (String odd :
                List.of("x".repeat(65_536), "tg_\u00e4\u00f6\u00fc", "", " ", "tg_'; DROP TABLE api_keys; --")) {
            int status = send(with(odd, "/plain")).statusCode();
            assertThat(status).as(odd.length() + " characters").isIn(401, 429);
        }
        HttpResponse<String> both = send(with(key, "/plain").header("Authorization", "Bearer other"));
        assertThat(both.statusCode()).isEqualTo(401);
        HttpResponse<String> twice = send(with(key, "/plain").header("X-API-Key", key));
        assertThat(twice.statusCode())
                .as("the same key twice is the same caller")
                .isEqualTo(200);
        HttpResponse<String> basic = send(with(key, "/plain").header("Authorization", "Basic Zm9vOmJhcg=="));
        assertThat(basic.statusCode()).isEqualTo(200);
    }

    @Test
    void aDatabaseOutageIsNeverAnInvalidKey() throws Exception {
        send(with(key, "/plain"));
        directory.away = true;
        assertThat(send(with(key, "/plain")).statusCode())
                .as("known to this node")
                .isEqualTo(200);
        HttpResponse<String> unknown = send(with(directory.newKey(account, "free", OptionalLong.empty()), "/plain"));
        assertThat(unknown.statusCode()).isEqualTo(503);
        assertThat(unknown.headers().firstValue("Retry-After")).isPresent();
    }

    @Test
    void editsHoldOnEveryNodeWithinTwoSeconds() throws Exception {
        try (GuardedServer other = node(GuardedServer.Setup.PLAIN)) {
            assertThat(send(HttpRequest.newBuilder(other.uri("/plain")).header("X-API-Key", key))
                            .statusCode())
                    .isEqualTo(200);
            directory.tiers.put("free", new Tier("free", OptionalLong.of(25), OptionalLong.of(1_000)));
            node.changes.tiersChanged();
            awaitPolicy(other, key, "q=25");
            String hash = dev.tollgate.core.account.ApiKeyToken.hash(key);
            var known = directory.keys.get(hash);
            directory.keys.put(hash, new dev.tollgate.core.account.ResolvedKey(known.key(), "pro"));
            node.changes.accountChanged(account);
            awaitPolicy(other, key, "q=100");
            directory.keys.remove(hash);
            node.changes.keyChanged(hash);
            Ports.await(
                    "the revoked key refused",
                    Duration.ofSeconds(2),
                    () -> status(other, key) == 401 || status(other, key) == 429);
        }
    }

    @Test
    void aLiftedBanHoldsOnEveryNodeWithinTwoSeconds() throws Exception {
        Caller caller = Caller.account(account);
        try (GuardedServer other = node(GuardedServer.Setup.PLAIN)) {
            node.store
                    .ban(caller, BanLevel.PERMANENT, "by hand")
                    .toCompletableFuture()
                    .join();
            node.changes.banChanged(caller);
            assertThat(status(other, key)).isEqualTo(403);
            // As an administrator's lift does: the node that saw the ban keeps it in PostgreSQL.
            Ports.await("the ban kept", Duration.ofSeconds(2), () -> directory.addressBans.containsKey(caller));
            directory.bans.forget(caller);
            node.store.lift(caller).toCompletableFuture().join();
            node.changes.banChanged(caller);
            Ports.await("the lift to hold", Duration.ofSeconds(2), () -> status(other, key) == 200);
        }
    }

    @Test
    void anAddressBannedForGoodStaysBannedWhenRedisIsEmptied() throws Exception {
        Caller address = Caller.address("127.0.0.1");
        directory.bans.keep(address, Ban.starting(BanLevel.PERMANENT, "by hand", 1_700_000_000_000L));
        node.changes.banChanged(address);
        node.client.getKeys().flushall();
        assertThat(send(HttpRequest.newBuilder(node.uri("/plain"))).statusCode())
                .isEqualTo(403);
        assertThat(status(node, key)).as("a key's caller is its account").isEqualTo(200);
        directory.bans.forget(address);
        node.changes.banChanged(address);
        assertThat(send(HttpRequest.newBuilder(node.uri("/plain"))).statusCode())
                .isEqualTo(200);
    }

    @Test
    void anEditWhoseMessageWasLostIsNoticedByItsEdition() throws Exception {
        assertThat(status(node, key)).isEqualTo(200);
        directory.tiers.put("free", new Tier("free", OptionalLong.of(33), OptionalLong.of(1_000)));
        // What a node does that tells of an edit, without the message.
        node.client.getAtomicLong("edition").incrementAndGet();
        awaitPolicy(node, key, "q=33");
    }

    @Test
    void concurrentRequestsOfAFreshCallerShareTheirLookup() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
        String pro = directory.newKey(directory.newAccount(), "pro", OptionalLong.empty());
        for (int i = 0; i < 160; i++) {
            all.add(HTTP.sendAsync(with(pro, "/plain").build(), HttpResponse.BodyHandlers.ofString()));
        }
        long passed = 0;
        for (CompletableFuture<HttpResponse<String>> response : all) {
            passed += response.get().statusCode() == 200 ? 1 : 0;
        }
        assertThat(passed).isEqualTo(100);
        assertThat(directory.lookups.get()).isLessThanOrEqualTo(2);
    }

    private void awaitPolicy(GuardedServer at, String secret, String policy) {
        Ports.await("the policy " + policy, Duration.ofSeconds(2), () -> {
            try {
                return send(HttpRequest.newBuilder(at.uri("/plain")).header("X-API-Key", secret))
                        .headers()
                        .firstValue("RateLimit-Policy")
                        .orElse("")
                        .contains(policy);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static int status(GuardedServer at, String secret) {
        try {
            return send(HttpRequest.newBuilder(at.uri("/plain")).header("X-API-Key", secret))
                    .statusCode();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
