package dev.tollgate.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.fixture.redis.RedisWire;
import dev.tollgate.http.route.RoutePolicies;
import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Callers that are never limited, keys that are not good any more, and headers that are no keys at all. */
class AllowedAndExpiredTest {

    private static final Map<String, Servlet> PLAIN = Map.of("/plain", new HttpServlet() {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) {
            response.setStatus(200);
        }
    });

    private final HttpClient http = HttpClient.newHttpClient();
    private final InMemoryDirectory directory = new InMemoryDirectory();
    private RealRedis redis;

    @BeforeEach
    void start() {
        redis = RealRedis.start();
    }

    @AfterEach
    void stop() {
        redis.close();
    }

    private GuardedServer node(String... allowedAddresses) throws Exception {
        return new GuardedServer(
                redis,
                directory,
                new GuardedServer.Setup(
                        RoutePolicies.ofApplication(Optional.empty()),
                        List.of("127.0.0.1/32"),
                        List.of(allowedAddresses),
                        FailureMode.OPEN),
                PLAIN);
    }

    private HttpResponse<String> get(GuardedServer node, String key, String client) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(node.uri("/plain")).header("X-Forwarded-For", client);
        if (key != null) {
            request.header("X-API-Key", key);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void anAllowedAccountIsNeverLimitedNorBannedAndOthersAre() throws Exception {
        String account = directory.newAccount();
        directory.allowedAccounts.add(account);
        String key = directory.newKey(account, "free", OptionalLong.of(1));
        String other = directory.newKey(directory.newAccount(), "free", OptionalLong.empty());
        try (GuardedServer node = node();
                RedisWire wire = new RedisWire(redis.port())) {
            for (int i = 0; i < 30; i++) {
                assertThat(get(node, key, "192.0.2.1").statusCode()).isEqualTo(200);
            }
            assertThat(wire.send("EXISTS", "violations:{" + account + "}")).isEqualTo(0L);
            assertThat(wire.send("EXISTS", "requests:{" + account + "}")).isEqualTo(0L);
            for (int i = 0; i < 10; i++) {
                assertThat(get(node, other, "192.0.2.1").statusCode()).isEqualTo(200);
            }
            assertThat(get(node, other, "192.0.2.1").statusCode()).isEqualTo(429);
        }
    }

    @Test
    void anAllowedNetworkIsNeverLimitedNorBannedAndItsNeighbourIs() throws Exception {
        String key = directory.newKey(directory.newAccount(), "free", OptionalLong.empty());
        try (GuardedServer node = node("192.0.2.0/25", "2001:db8::/48")) {
            for (int i = 0; i < 30; i++) {
                assertThat(get(node, null, "192.0.2.127").statusCode()).isEqualTo(200);
                assertThat(get(node, key, "2001:db8:0:7::1").statusCode()).isEqualTo(200);
                // What is no key gets 401 and never the ban that guessing brings.
                assertThat(get(node, "tg_" + "x".repeat(43), "192.0.2.1").statusCode())
                        .isEqualTo(401);
            }
            for (int i = 0; i < 10; i++) {
                assertThat(get(node, null, "192.0.2.128").statusCode()).isEqualTo(200);
            }
            assertThat(get(node, null, "192.0.2.128").statusCode()).isEqualTo(429);
        }
    }

    @Test
    void aKeyEndsWhenItWasSaidToAlsoWhereItIsRemembered() throws Exception {
        Instant end = Instant.now().plusSeconds(3_600);
        String key = directory.newKey(directory.newAccount(), "pro", OptionalLong.empty(), end);
        String past = directory.newKey(
                directory.newAccount(),
                "pro",
                OptionalLong.empty(),
                Instant.now().minusSeconds(1));
        try (GuardedServer node = node();
                GuardedServer other = node()) {
            HttpResponse<String> ended = get(node, past, "192.0.2.1");
            assertThat(ended.statusCode()).isEqualTo(401);
            assertThat(ended.body()).contains("\"EXPIRED_API_KEY\"");
            assertThat(ended.headers().firstValue("WWW-Authenticate")).isPresent();
            for (GuardedServer each : List.of(node, other)) {
                assertThat(get(each, key, "192.0.2.1").statusCode()).isEqualTo(200);
            }
            directory.aheadMillis.set(3_600_000);
            for (GuardedServer each : List.of(node, other)) {
                assertThat(get(each, key, "192.0.2.1").body()).contains("\"EXPIRED_API_KEY\"");
            }
        }
    }

    @Test
    void controlCharactersAndRepeatedHeadersAreNoKeysAndBreakNothing() throws Exception {
        String key = directory.newKey(directory.newAccount(), "pro", OptionalLong.empty());
        String other = directory.newKey(directory.newAccount(), "pro", OptionalLong.empty());
        try (GuardedServer node = node()) {
            for (String headers : List.of(
                    "X-API-Key: tg_\u0001\u0007\u007f",
                    "X-API-Key: " + key + "\u0000",
                    "X-API-Key: " + key + "\tX",
                    "X-API-Key: " + key + "\r\nX-API-Key: " + other,
                    "Authorization: Bearer " + key + "\r\nAuthorization: Bearer " + other,
                    "X-Forwarded-For: \u0001\u0002, 192.0.2.9\r\nX-API-Key: nonsense")) {
                assertThat(raw(node.uri("/plain"), headers)).as(headers).containsPattern("^HTTP/1.1 (400|401|429) ");
            }
            assertThat(get(node, key, "192.0.2.77").statusCode()).isEqualTo(200);
        }
    }

    /** Sends header lines as they are; java.net.http would refuse to. */
    private static String raw(URI target, String headers) throws Exception {
        try (Socket socket = new Socket(target.getHost(), target.getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(("GET " + target.getPath() + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                                    + headers + "\r\n\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
