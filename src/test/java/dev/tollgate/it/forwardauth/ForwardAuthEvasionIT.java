package dev.tollgate.it.forwardauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.it.support.PlainHttp;
import dev.tollgate.it.support.PlainHttp.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that forge who they are or what they ask for, through the proxies and past them. SECURITY.md lists what is tried. */
@EnabledIf(
        value = "dev.tollgate.it.forwardauth.ReverseProxy#areInstalled",
        disabledReason = "nginx and caddy are not both installed; .ci/run installs them from Debian's packages")
class ForwardAuthEvasionIT extends ForwardAuthCase {

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

    static Stream<Arguments> namesOfTheirOwn() {
        List<List<String>> tried = List.of(
                List.of("X-Tollgate-Caller: evil"),
                List.of("x-tollgate-caller: evil", "X-TOLLGATE-CALLER: evil"),
                List.of("Connection: close, X-Tollgate-Caller"),
                List.of("Connection: close", "Connection: X-Tollgate-Caller", "X-Tollgate-Caller: evil"),
                List.of("Connection: Upgrade, X-Tollgate-Caller", "Upgrade: nothing"),
                List.of("Connection: X-Tollgate-Caller, Upgrade", "Upgrade: websocket"),
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
}
