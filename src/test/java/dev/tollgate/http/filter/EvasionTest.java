package dev.tollgate.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.config.EncodedSlash;
import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.http.route.RoutePolicies;
import dev.tollgate.http.route.RoutePolicyFile;
import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What callers write to get past a policy, a limit or a ban, sent as bytes, before an application that routes by the raw path. */
class EvasionTest {

    private static final String ROUTES = """
            {"routes": [
              {"name": "assets", "path": "/assets/*", "action": "exempt"},
              {"name": "reports", "path": "/tenants/*/report/*", "action": "key-required"},
              {"name": "open", "path": "/open/*", "action": "key-required", "preflight": "exempt"},
              {"name": "plain", "path": "/plain/*", "action": "key-required", "preflight": "request"},
              {"name": "writes", "path": "/orders/*", "methods": ["POST", "PATCH"], "action": "key-required", "cost": 3},
              {"name": "files", "path": "/files/*", "action": "key-required", "cost": 5}
            ]}
            """;

    private static final Servlet RAW = new HttpServlet() {
        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print("served " + request.getMethod() + " " + request.getRequestURI());
        }
    };

    private static RealRedis redis;
    private static GuardedServer node;
    private static InMemoryDirectory directory;

    @BeforeAll
    static void start() throws Exception {
        redis = RealRedis.start();
        directory = new InMemoryDirectory();
        node = node(EncodedSlash.REJECT);
    }

    private static GuardedServer node(EncodedSlash slash) throws Exception {
        RoutePolicies routes = RoutePolicies.ofApplication(Optional.of(RoutePolicyFile.parse("routes.json", ROUTES)));
        return new GuardedServer(
                redis,
                directory,
                new GuardedServer.Setup(routes.reading(slash), List.of("127.0.0.1"), List.of(), FailureMode.OPEN),
                Map.of("/*", RAW));
    }

    @AfterAll
    static void stop() throws Exception {
        node.close();
        redis.close();
    }

    @BeforeEach
    void forget() {
        node.client.getKeys().flushall();
    }

    private static String ask(String line, String... fields) {
        return ask(node, line, fields);
    }

    private static String ask(GuardedServer asked, String line, String... fields) {
        URI root = asked.uri("/");
        StringBuilder request = new StringBuilder(line).append(" HTTP/1.0\r\nHost: localhost\r\n");
        for (String field : fields) {
            request.append(field).append("\r\n");
        }
        try (Socket socket = new Socket(root.getHost(), root.getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(line + " got no answer", e);
        }
    }

    private static int status(String answer) {
        return Integer.parseInt(answer.split(" ", 3)[1]);
    }

    private static String key(String tier) {
        return "X-API-Key: " + directory.newKey(directory.newAccount(), tier, OptionalLong.empty());
    }

    static List<String> spellings() {
        List<String> spellings = new ArrayList<>();
        for (String dots : List.of(
                "..", "%2e%2e", ".%2E", "%2e.", "..;", "..;x=1", "%2e%2e;v", "..%00", "%252e%252e", "%c0%ae%c0%ae")) {
            spellings.add("/files/x/" + dots + "/" + dots + "/assets/a");
            spellings.add("/tenants/7/report/" + dots);
            spellings.add("/assets/" + dots + "/files/a");
        }
        spellings.addAll(List.of(
                "/assets/..%2ffiles/a",
                "/assets%2f..%2ffiles/a",
                "/assets/..%5cfiles/a",
                "/assets/..\\files/a",
                "/files%2fa",
                "/files%5ca",
                "/files%3b/a",
                "/files%252fa",
                "//files/a",
                "/.//files/a",
                "/./files/a",
                "/tenants//report/7",
                "/tenants/;/report/7",
                "/tenants/7/./report",
                "/tenants/7//report",
                "/%2566iles/a",
                "/files/%ff",
                "/assets/../../app/files/a",
                "/../app/files/a"));
        return spellings;
    }

    @ParameterizedTest
    @MethodSource("spellings")
    void noSpellingOfAPathIsServedWithoutItsKey(String path) {
        String answer = ask("GET /app" + path);
        assertThat(status(answer)).as(answer).isIn(400, 401, 404);
        assertThat(answer).doesNotContain("served");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/files/%C3%BCber%20uns.pdf",
                "/files/a;jsessionid=1A.node1",
                "/files/;jsessionid=1A",
                "/files/...",
                "/files/.well-known/x",
                "/files/a+b&c=d,e:@!$'()*",
                "/files/100%25",
                "/files/a..b/..c/d..",
                "/files/"
            })
    void pathsThatMeanOneThingAreServedWithTheKeyAndNotWithout(String path) {
        assertThat(status(ask("GET /app" + path))).isEqualTo(401);
        assertThat(ask("GET /app" + path, key("pro"))).contains("served GET /app" + path);
        assertThat(ask("GET /app" + path.replace("/files", "/assets"))).contains("served GET");
    }

    @Test
    void anOpaqueSlashIsServedUnderItsSegmentsPolicyAndHidesNothing() throws Exception {
        try (GuardedServer opaque = node(EncodedSlash.OPAQUE)) {
            assertThat(status(ask(opaque, "GET /app/files/a%2Fb"))).isEqualTo(401);
            assertThat(ask(opaque, "GET /app/files/a%2Fb", key("pro"))).contains("served GET /app/files/a%2Fb");
            assertThat(ask(opaque, "GET /app/assets/https%3A%2F%2Fexample.org")).contains("served");
            for (String path : List.of("/assets/..%2ffiles/a", "/assets%2F..%2ffiles/a", "/assets/%252ffiles")) {
                assertThat(status(ask(opaque, "GET /app" + path))).as(path).isEqualTo(400);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"post", "Post", "pOST", "patch"})
    void aMethodInLowerCaseIsChargedAndNeedsTheKeyAsInUpperCase(String method) {
        assertThat(status(ask(method + " /app/orders/7"))).isEqualTo(401);
        assertThat(ask(method + " /app/orders/7", key("free"))).contains("served", "\"minute\";r=7;");
    }

    private static String preflight(String path, String... more) {
        List<String> fields =
                new ArrayList<>(List.of("Origin: https://shop.example", "Access-Control-Request-Method: PUT"));
        fields.addAll(List.of(more));
        return ask("OPTIONS /app" + path, fields.toArray(String[]::new));
    }

    @Test
    void aPreflightNeedsNoKeyAndIsChargedToTheAddressWhateverItsKeyAndCost() {
        String key = key("pro");
        for (int i = 0; i < 10; i++) {
            assertThat(preflight("/files/a", "X-Forwarded-For: 192.0.2.1", key)).contains("served OPTIONS");
        }
        assertThat(status(preflight("/files/a", "X-Forwarded-For: 192.0.2.1", key)))
                .isEqualTo(429);
        assertThat(status(preflight("/files/a", "X-Forwarded-For: 192.0.2.2"))).isEqualTo(200);
        assertThat(ask("GET /app/files/a", key)).contains("\"minute\";r=95;");
    }

    @Test
    void preflightsOverTheWindowAreRefusedAndBringNoBan() {
        for (int i = 0; i < 40; i++) {
            preflight("/files/a", "X-Forwarded-For: 192.0.2.7");
        }
        assertThat(preflight("/files/a", "X-Forwarded-For: 192.0.2.7"))
                .contains("\"code\":\"RATE_LIMIT_EXCEEDED\"", "\"violations\":0")
                .doesNotContain("served");
        assertThat(ask("GET /app/other", "X-Forwarded-For: 192.0.2.7"))
                .contains("\"code\":\"RATE_LIMIT_EXCEEDED\"", "\"violations\":1,");
    }

    @Test
    void aPreflightIsHeldByTheAddressesBan() {
        for (int i = 0; i < 15; i++) {
            ask("GET /app/other", "X-Forwarded-For: 192.0.2.3");
        }
        String held = preflight("/files/a", "X-Forwarded-For: 192.0.2.3");
        assertThat(status(held)).isEqualTo(429);
        assertThat(held).contains("\"code\":\"BANNED\"").doesNotContain("served");
    }

    @Test
    void aRouteSaysOtherwiseOfItsPreflights() {
        for (int i = 0; i < 12; i++) {
            String free = preflight("/open/a", "X-Forwarded-For: 192.0.2.4");
            assertThat(free).contains("served OPTIONS").doesNotContain("RateLimit:");
        }
        assertThat(status(preflight("/plain/a", "X-Forwarded-For: 192.0.2.4"))).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Origin: https://shop.example", "Access-Control-Request-Method: PUT", "X-Other: 1"})
    void whatIsNoWholePreflightNeedsTheKeyAsAnyRequest(String field) {
        assertThat(status(ask("OPTIONS /app/files/a", field))).isEqualTo(401);
        assertThat(status(ask(
                        "options /app/files/a", "Origin: https://shop.example", "Access-Control-Request-Method: PUT")))
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Forwarded: for=unknown", "Forwarded: for=_x", "Forwarded: nonsense", "Forwarded: for=\""})
    void aFieldThatCannotBeUsedGivesARefusedAddressNoSecondCaller(String field) {
        for (int i = 0; i < 10; i++) {
            assertThat(status(ask("GET /app/other", "X-Forwarded-For: 192.0.2.5")))
                    .isEqualTo(200);
        }
        assertThat(status(ask("GET /app/other", "X-Forwarded-For: 192.0.2.5", field)))
                .isEqualTo(429);
    }

    @Test
    void fieldsThatContradictEachOtherMakeNobodyTheProxyAndAKeyStillCounts() {
        String[] both = {"X-Forwarded-For: 192.0.2.6", "Forwarded: for=198.51.100.7"};
        String refused = ask("GET /app/other", both);
        assertThat(status(refused)).isEqualTo(400);
        assertThat(refused).contains("name different clients");
        assertThat(status(preflight("/files/a", both))).isEqualTo(400);
        assertThat(ask("GET /app/other", both[0], both[1], key("free"))).contains("served", "\"minute\";r=9;");
    }

    static List<String[]> disguises() {
        return List.of(
                new String[] {"GET /app/other"},
                new String[] {"HEAD /app/other"},
                new String[] {"BREW /app/other"},
                new String[] {"get /app/other"},
                new String[] {"POST /app/else", "X-HTTP-Method-Override: GET"},
                new String[] {"GET /app/%6fther?x=1"},
                new String[] {"GET /app/Other;v=1"},
                new String[] {"GET http://localhost/app/other"},
                new String[] {"GET /app/other", "X-Original-URL: /assets/a", "X-Rewrite-URL: /assets/a"},
                new String[] {"GET /app/other", "X-Real-IP: 198.51.100.9", "True-Client-IP: 198.51.100.9"},
                new String[] {"GET /app/other", "CF-Connecting-IP: 198.51.100.9", "Client-IP: 198.51.100.9"},
                new String[] {"GET /app/other", "X_Forwarded_For: 198.51.100.9", "X-Forwarded-Host: elsewhere"},
                new String[] {"GET /app/other", "X-Original-Method: OPTIONS", "X-Original-URI: /assets/a"},
                new String[] {"GET /app/other", "Date: Thu, 31 Dec 2026 23:59:59 GMT", "X-Forwarded-Host: x"},
                new String[] {"GET /app/other", "traceparent: 00-11111111111111111111111111111111-1111111111111111-01"},
                new String[] {"GET /app/other", "Connection: close, X-Forwarded-For, X-API-Key", "Upgrade: h2c"});
    }

    @Test
    void oneAddressHasOneWindowInWhateverDisguise() {
        List<Integer> statuses = new ArrayList<>();
        for (String[] disguise : disguises()) {
            List<String> fields = new ArrayList<>(List.of(disguise).subList(1, disguise.length));
            fields.add("X-Forwarded-For: 203.0.113.1, 192.0.2.8");
            statuses.add(status(ask(disguise[0], fields.toArray(String[]::new))));
        }
        assertThat(statuses.subList(0, 10)).containsOnly(200);
        assertThat(statuses.subList(10, statuses.size())).containsOnly(429);
    }

    @Test
    void oneKeyHasOneWindowInWhateverFieldItComes() {
        String secret = directory.newKey(directory.newAccount(), "free", OptionalLong.empty());
        List<String> fields = List.of(
                "X-API-Key: " + secret,
                "x-api-key:   " + secret + "  ",
                "Authorization: Bearer " + secret,
                "authorization: bearer  " + secret,
                "Authorization: BEARER " + secret);
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 15; i++) {
            statuses.add(status(
                    ask("GET /app/other", fields.get(i % fields.size()), "X-Forwarded-For: 192.0.2." + (20 + i))));
        }
        assertThat(statuses.subList(0, 10)).containsOnly(200);
        assertThat(statuses.subList(10, 15)).containsOnly(429);
    }
}
