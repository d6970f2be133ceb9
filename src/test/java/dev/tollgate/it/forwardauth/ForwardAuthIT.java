package dev.tollgate.it.forwardauth;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.AdminClient.Key;
import dev.tollgate.it.support.PlainHttp;
import dev.tollgate.it.support.PlainHttp.Answer;
import dev.tollgate.it.support.ShippedWar;
import io.swagger.v3.core.util.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An application behind a real nginx and a real Caddy that ask Tollgate, with the configurations that ship. Clients come from
 * addresses of their own: the server trusts 127.0.0.1, where the proxies are, and no other.
 */
@EnabledIf(
        value = "dev.tollgate.it.forwardauth.ReverseProxy#areInstalled",
        disabledReason = "nginx and caddy are not both installed; .ci/run installs them from Debian's packages")
class ForwardAuthIT extends ShippedWar {

    private static final Map<ReverseProxy.Kind, ReverseProxy> PROXIES = new EnumMap<>(ReverseProxy.Kind.class);
    private static final AtomicInteger CLIENTS = new AtomicInteger();

    @TempDir
    private static Path directory;

    private static Backend backend;

    private final AdminClient operator = new AdminClient(this);
    private String client;
    private String orders;

    @BeforeEach
    void startOnce() throws IOException {
        int number = CLIENTS.incrementAndGet();
        client = "127.0.17." + number;
        orders = "/orders/" + number;
        if (backend == null) {
            backend = new Backend();
            for (ReverseProxy.Kind kind : ReverseProxy.Kind.values()) {
                PROXIES.put(kind, start(kind, kind.name(), at("").getPort(), backend.port()));
            }
        }
    }

    private static ReverseProxy start(ReverseProxy.Kind kind, String name, int tollgate, int backendPort)
            throws IOException {
        return ReverseProxy.start(kind, Files.createDirectory(directory.resolve(name)), tollgate, backendPort);
    }

    @AfterAll
    static void stop() {
        PROXIES.values().forEach(ReverseProxy::close);
        PROXIES.clear();
        if (backend != null) {
            backend.close();
            backend = null;
        }
    }

    private Answer ask(ReverseProxy.Kind kind, String line, String body, String... fields) {
        return PlainHttp.ask(client, PROXIES.get(kind).port(), line, body, fields);
    }

    @ParameterizedTest
    @EnumSource
    void anAdmittedRequestReachesTheBackendWholeAndTheAnswerSaysWhereTheCallerStands(ReverseProxy.Kind kind) {
        Key key = operator.newKey(operator.newAccount("free"));
        Answer answer = ask(
                kind,
                "POST " + orders + "/items?x=1",
                "a body",
                "X-API-Key: " + key.secret(),
                "X-Tollgate-Caller: somebody-else",
                "Content-Type: text/plain");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(Backend.SAID);
        // The server's routes.json gives POST below /orders a cost of 3: the policy is the original request's.
        assertThat(answer.header("RateLimit")).startsWith("\"minute\";r=7;t=");
        assertThat(answer.header("RateLimit-Policy")).startsWith("\"minute\";q=10;w=60, \"month\";q=1000;");
        Backend.Seen seen = backend.seen(orders).get(0);
        assertThat(seen.method()).isEqualTo("POST");
        assertThat(seen.uri()).isEqualTo(orders + "/items?x=1");
        assertThat(seen.body()).isEqualTo("a body");
        assertThat(seen.header("X-Tollgate-Caller")).isEqualTo(key.account());
        assertThat(seen.header("X-Request-Id")).isEqualTo(answer.header("X-Request-Id"));
        assertThat(answer.header("X-Request-Id")).matches("[0-9a-f]{32}");
    }

    @ParameterizedTest
    @EnumSource
    void aBadKeyIsRefusedWithItsChallengeAndItsProblem(ReverseProxy.Kind kind) {
        Answer answer = ask(kind, "GET " + orders, null, "Authorization: Bearer tg_wrong");
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"tollgate\", error=\"invalid_token\"");
        assertRefusal(answer, 401, "INVALID_API_KEY");
        assertThat(backend.seen(orders)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aLimitedRequestIs429WithAllItsFieldsAndOnlyTheAdmittedOnesReachTheBackend(ReverseProxy.Kind kind) {
        Key key = operator.newKey(operator.newAccount("free"));
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < 13; i++) {
            answers.add(ask(kind, "GET " + orders, null, "Authorization: Bearer " + key.secret()));
        }
        assertThat(answers.stream().filter(answer -> answer.status() == 200)).hasSize(10);
        Answer refused = answers.get(12);
        assertRefusal(refused, 429, "RATE_LIMIT_EXCEEDED");
        assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(1, 60);
        assertThat(refused.header("RateLimit")).startsWith("\"minute\";r=0;t=");
        assertThat(refused.header("RateLimit-Policy")).startsWith("\"minute\";q=10;w=60, ");
        assertThat(refused.json().getInt("violations")).isEqualTo(3);
        assertThat(backend.seen(orders)).hasSize(10);
        assertThat(ask(kind, "HEAD " + orders, null, "X-API-Key: " + key.secret())
                        .status())
                .isEqualTo(429);
    }

    @ParameterizedTest
    @EnumSource
    void aCallerBannedForGoodIs403(ReverseProxy.Kind kind) {
        Key key = operator.newKey(operator.newAccount("pro"));
        String ban = "{\"caller\":\"" + key.account() + "\",\"level\":\"PERMANENT\",\"reason\":\"forward-auth\"}";
        assertThat(operator.send("POST", "/bans", ban).statusCode()).isEqualTo(201);
        Answer answer = ask(kind, "GET " + orders, null, "X-API-Key: " + key.secret());
        assertRefusal(answer, 403, "BANNED");
        assertThat(answer.json().getJsonObject("ban").getString("level")).isEqualTo("PERMANENT");
        assertThat(answer.header("Retry-After")).isNull();
        assertThat(backend.seen(orders)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aClientIsWhereItsConnectionComesFromWhateverItsFieldsSay(ReverseProxy.Kind kind) {
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            statuses.add(ask(
                            kind,
                            "GET " + orders,
                            null,
                            "X-Forwarded-For: 198.51.100." + i,
                            "Forwarded: for=198.51.100." + i,
                            "X-Forwarded-Uri: /elsewhere",
                            "X-Forwarded-Method: OPTIONS")
                    .status());
        }
        assertThat(statuses.subList(0, 10)).containsOnly(200);
        assertThat(statuses.subList(10, 12)).containsOnly(429);
        assertThat(backend.seen(orders))
                .allSatisfy(seen -> assertThat(seen.header("X-Tollgate-Caller")).isEqualTo("ip:" + client));
        client = client.replace(".17.", ".18.");
        assertThat(ask(kind, "GET " + orders, null).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource
    void anUnlimitedCallerGetsNoRateLimitFields(ReverseProxy.Kind kind) {
        Key key = operator.newKey(operator.newAccount("enterprise"));
        Answer answer = ask(kind, "GET " + orders, null, "X-API-Key: " + key.secret());
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers()).doesNotContainKeys("RateLimit", "RateLimit-Policy");
    }

    @ParameterizedTest
    @EnumSource
    void whatTheBackendRefusesItselfIsItsOwnAnswer(ReverseProxy.Kind kind) {
        for (int status : List.of(401, 403, 429, 500, 503)) {
            Answer answer = ask(kind, "GET " + orders + "/" + status, null);
            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.body()).isEqualTo(Backend.SAID);
            assertThat(answer.header("Content-Type")).isEqualTo("text/plain");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPreflightNeedsNoKeyAndIsChargedToItsAddress(ReverseProxy.Kind kind) {
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            statuses.add(ask(
                            kind,
                            "OPTIONS " + orders,
                            null,
                            "Origin: https://shop.example",
                            "Access-Control-Request-Method: PUT",
                            "X-Tollgate-Caller: somebody-else")
                    .status());
        }
        assertThat(statuses.subList(0, 10)).containsOnly(200);
        assertThat(statuses.subList(10, 12)).containsOnly(429);
        assertThat(backend.seen(orders))
                .hasSize(10)
                .allSatisfy(seen -> assertThat(seen.header("X-Tollgate-Caller")).isEqualTo("ip:" + client));
    }

    static Stream<Arguments> namesOfTheirOwn() {
        List<List<String>> tried = List.of(
                List.of("X-Tollgate-Caller: evil"),
                List.of("x-tollgate-caller: evil", "X-TOLLGATE-CALLER: evil"),
                List.of("Connection: close, X-Tollgate-Caller"),
                List.of("Connection: close", "Connection: X-Tollgate-Caller", "X-Tollgate-Caller: evil"),
                List.of("Connection: Upgrade, X-Tollgate-Caller", "Upgrade: nothing"),
                List.of(
                        "Keep-Alive: X-Tollgate-Caller",
                        "Proxy-Connection: X-Tollgate-Caller",
                        "TE: X-Tollgate-Caller"),
                List.of("X_Tollgate_Caller: evil"),
                List.of("X-Tollgate_Caller: evil", "x_tollgate-caller: evil"),
                List.of("Connection: X-Tollgate-Caller", "X_Tollgate_Caller: evil"),
                List.of("X.Tollgate.Caller: evil", "X~Tollgate~Caller: evil"),
                List.of("X-Tollgate-Scopes: evil", "X_Tollgate_Scopes: evil"));
        return Stream.of(ReverseProxy.Kind.values())
                .flatMap(kind -> tried.stream().map(fields -> Arguments.of(kind, fields)));
    }

    /** Fields whose names differ in what is no letter or digit are one variable to CGI, WSGI and PHP. */
    @ParameterizedTest
    @MethodSource("namesOfTheirOwn")
    void noClientNamesItselfInAnySpellingNorTakesTollgatesWordAway(ReverseProxy.Kind kind, List<String> fields) {
        Answer answer = ask(kind, "GET " + orders, null, fields.toArray(String[]::new));
        assertThat(answer.status()).isEqualTo(200);
        Map<String, String> variables = new TreeMap<>();
        backend.seen(orders)
                .get(0)
                .headers()
                .forEach((name, values) -> variables.merge(
                        name.toUpperCase().replaceAll("[^A-Z0-9]", "_"),
                        String.join(",", values),
                        (a, b) -> a + "," + b));
        assertThat(variables).containsEntry("X_TOLLGATE_CALLER", "ip:" + client);
        assertThat(variables.values()).doesNotContain("evil");
    }

    static Stream<Arguments> pathsOfTwoMeanings() {
        List<String> paths = List.of(
                "%2f..%2fadmin",
                "/x/../../admin",
                "/x/%2e%2e/%2e%2e/admin",
                "/..;/admin",
                "/.%2e;x=1/admin",
                "/%252e%252e/admin",
                "%5c..%5cadmin",
                "/%c0%ae%c0%ae/admin",
                "//admin",
                "/./admin",
                "/a%3bb",
                "/%00",
                "/a%0d%0aX-Tollgate-Caller:%20evil");
        return Stream.of(ReverseProxy.Kind.values())
                .flatMap(kind -> paths.stream().map(path -> Arguments.of(kind, path)));
    }

    @ParameterizedTest
    @MethodSource("pathsOfTwoMeanings")
    void aPathThatCouldMeanTwoThingsIsRefused(ReverseProxy.Kind kind, String path) {
        Answer answer = ask(kind, "GET " + orders + path, null);
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(backend.seen(orders)).isEmpty();
        assertThat(backend.seen("/admin")).isEmpty();
    }

    @Test
    void fieldsThatOtherProxiesUseSayNothingAboutTheOriginal() {
        String question = "GET /tollgate/api/v1/check?original=forwarded";
        String[] others = {
            "X-Original-URI: " + orders,
            "X-Original-URL: " + orders,
            "X-Original-Method: POST",
            "X-Rewrite-URL: " + orders,
            "X-HTTP-Method-Override: POST",
            "X-Forwarded-For: " + client
        };
        Answer without = PlainHttp.ask("127.0.0.1", at("").getPort(), question, null, others);
        assertThat(without.status()).isEqualTo(400);
        List<String> beside = new ArrayList<>(List.of(others));
        beside.addAll(List.of("X-Forwarded-Method: GET", "X-Forwarded-Uri: /elsewhere"));
        Answer with = PlainHttp.ask("127.0.0.1", at("").getPort(), question, null, beside.toArray(String[]::new));
        assertThat(with.status()).isEqualTo(204);
        assertThat(with.header("RateLimit")).startsWith("\"minute\";r=9;");
        Answer untrusted = PlainHttp.ask(client, at("").getPort(), question, null, beside.toArray(String[]::new));
        assertThat(untrusted.status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"post", "Post", "POST"})
    void aMethodInLowerCaseIsChargedAsInUpperCase(String method) {
        Answer answer = PlainHttp.ask(
                "127.0.0.1",
                at("").getPort(),
                "GET /tollgate/api/v1/check?original=forwarded",
                null,
                "X-Forwarded-For: " + client,
                "X-Forwarded-Method: " + method,
                "X-Forwarded-Uri: " + orders);
        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.header("RateLimit")).startsWith("\"minute\";r=7;");
    }

    @ParameterizedTest
    @EnumSource
    void nobodyPassesWhileTollgateIsDown(ReverseProxy.Kind kind) throws IOException {
        try (ReverseProxy alone = start(kind, kind + "-alone", Ports.free(), backend.port())) {
            Answer answer = PlainHttp.ask(client, alone.port(), "GET " + orders, null);
            assertRefusal(answer, 503, "GATE_UNAVAILABLE");
            assertThat(answer.header("Retry-After")).isEqualTo("5");
            assertThat(backend.seen(orders)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBackendThatIsDownIsNotTakenForTollgate(ReverseProxy.Kind kind) throws IOException {
        try (ReverseProxy before = start(kind, kind + "-before-nothing", at("").getPort(), Ports.free())) {
            Answer answer = PlainHttp.ask(client, before.port(), "GET " + orders, null);
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.body()).doesNotContain("GATE_UNAVAILABLE");
            assertThat(answer.header("RateLimit")).startsWith("\"minute\";r=9;");
        }
    }

    /** No Traefik and no Envoy run here: this holds what their files say of it. */
    @Test
    void traefikAndEnvoyAreToldToTakeClientsNamesAwayToo() throws IOException {
        JsonNode taken =
                shipped("traefik/tollgate.yml").at("/http/middlewares/tollgate-fields/headers/customRequestHeaders");
        for (String name :
                List.of("X_Tollgate_Caller", "X-Tollgate_Caller", "X_Tollgate-Caller", "Connection", "Forwarded")) {
            assertThat(taken.path(name).asText("kept")).as(name).isEmpty();
        }
        assertThat(shipped("traefik/tollgate.yml")
                        .at("/http/routers/backend/middlewares/0")
                        .asText())
                .isEqualTo("tollgate-fields");
        JsonNode manager = shipped("envoy/tollgate.yaml")
                .at("/static_resources/listeners/0/filter_chains/0/filters/0/typed_config");
        assertThat(manager.at("/common_http_protocol_options/headers_with_underscores_action")
                        .asText())
                .isEqualTo("DROP_HEADER");
        assertThat(manager.at("/http_filters/0/typed_config/mutations/request_mutations")
                        .findValuesAsText("remove"))
                .contains("x-tollgate-caller", "x-tollgate-scopes", "forwarded");
    }

    private static JsonNode shipped(String file) throws IOException {
        return Yaml.mapper()
                .readTree(
                        Files.readString(Path.of(System.getProperty("tollgate.test.project"), "server-config", file)));
    }

    /** No Traefik runs here: this is what it sends, to the address its configuration has. */
    @Test
    void whatTraefikAsksIsAnsweredForTheOriginalRequest() throws IOException {
        String address = shipped("traefik/tollgate.yml")
                .at("/http/middlewares/tollgate/forwardAuth/address")
                .asText();
        String question = "GET " + address.substring("http://127.0.0.1:8080".length());
        Key key = operator.newKey(operator.newAccount("free"));
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            answers.add(PlainHttp.ask(
                    "127.0.0.1",
                    at("").getPort(),
                    question,
                    null,
                    "X-Api-Key: " + key.secret(),
                    "X-Forwarded-For: " + client,
                    "X-Forwarded-Host: shop.example",
                    "X-Forwarded-Method: POST",
                    "X-Forwarded-Proto: http",
                    "X-Forwarded-Uri: " + orders + "?x=1"));
        }
        assertThat(answers).extracting(Answer::status).containsExactly(204, 204, 204, 429);
        assertThat(answers.get(0).header("X-Tollgate-Caller")).isEqualTo(key.account());
        assertRefusal(answers.get(3), 429, "RATE_LIMIT_EXCEEDED");
    }

    /** Nor does an Envoy: it appends the original path and query to its prefix, and keeps the method. */
    @Test
    void whatEnvoyAsksIsAnsweredForTheOriginalRequest() throws IOException {
        JsonNode filters = shipped("envoy/tollgate.yaml")
                .at("/static_resources/listeners/0/filter_chains/0/filters/0/typed_config/http_filters");
        String prefix = filters.at("/1/typed_config/http_service/path_prefix").asText();
        Key key = operator.newKey(operator.newAccount("free"));
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            answers.add(PlainHttp.ask(
                    "127.0.0.1",
                    at("").getPort(),
                    "POST " + prefix + orders + "?refusals=fields&original=forwarded",
                    null,
                    "Content-Length: 0",
                    "x-api-key: " + key.secret(),
                    "x-forwarded-for: " + client));
        }
        assertThat(answers).extracting(Answer::status).containsExactly(204, 204, 204, 429);
        assertThat(answers.get(3).header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answers.get(3).json().getString("code")).isEqualTo("RATE_LIMIT_EXCEEDED");
    }

    static List<String> pathsOut() {
        return List.of(
                "/../../../health/live",
                "/..;/..;/..;/health/live",
                "/..;x=1/..;/..;/..;/",
                "/%2e%2e/%2e%2e/%2e%2e/health/live",
                "/..%2f..%2f..%2fhealth%2flive",
                "/..%5c..%5c..%5chealth/live",
                "/%252e%252e/%252e%252e/%252e%252e/health/live",
                "/.;/../..;/../../health/live",
                // WildFly counts the empty segment, Payara does not.
                IntegrationServers.onPayara() ? "//../../../health/live" : "//../../../../health/live");
    }

    /**
     * Where a client writes a part of the question's path, as before Envoy: any 2xx would let it in. That {@code ..} cannot leave
     * the application for another, such as the server's welcome page, is for the proxy to see to.
     */
    @ParameterizedTest
    @MethodSource("pathsOut")
    void noPathLeavesTheCheckUncharged(String path) {
        Answer answer = PlainHttp.ask(client, at("").getPort(), "GET /tollgate/api/v1/check" + path, null);
        assertThat(answer.status() >= 200 && answer.status() < 300 && answer.header("RateLimit") == null)
                .as(path + " is answered " + answer.status() + " " + answer.headers())
                .isFalse();
    }

    @Test
    void onlyATrustedProxySpeaksForOthers() {
        Answer answer = PlainHttp.ask(
                client,
                at("").getPort(),
                "GET /tollgate/api/v1/check?original=forwarded",
                null,
                "X-Forwarded-Method: GET",
                "X-Forwarded-Uri: /cheap");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().getString("parameter")).isEqualTo("original");
    }

    private void assertRefusal(Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.json().getInt("status")).isEqualTo(status);
        assertThat(answer.json().getString("code")).isEqualTo(code);
        if (answer.json().containsKey("instance")) {
            assertThat(answer.json().getString("instance")).isEqualTo(orders + "#" + answer.header("X-Request-Id"));
        }
        assertThat(answer.headers()).doesNotContainKeys("X-Tollgate-Status", "X-Tollgate-Problem");
    }
}
