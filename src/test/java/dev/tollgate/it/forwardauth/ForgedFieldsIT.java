package dev.tollgate.it.forwardauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.it.support.PlainHttp;
import dev.tollgate.it.support.PlainHttp.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Clients that speak in the fields of Tollgate and of proxies, in every location of the shipped files and past them. */
@EnabledIf(
        value = "dev.tollgate.it.forwardauth.ReverseProxy#areInstalled",
        disabledReason = "nginx and caddy are not both installed; .ci/run installs them from Debian's packages")
class ForgedFieldsIT extends ForwardAuthCase {

    private static final String EVIL = "/evil";

    private static String[] forged() {
        return Stream.of(
                        "X-Tollgate-Caller",
                        "X-Tollgate-Scopes",
                        "X-Tollgate-Status",
                        "X-Tollgate-Problem",
                        "X-Original-URI",
                        "X-Original-URL",
                        "X-Original-Method",
                        "X-Rewrite-URL",
                        "X-Forwarded-Uri",
                        "X-Forwarded-Method",
                        "Forwarded",
                        "X-Request-Id")
                .map(name -> name + ": " + EVIL)
                .toArray(String[]::new);
    }

    static Stream<Arguments> locations() {
        return Stream.of(
                Arguments.of(ReverseProxy.Kind.NGINX, "/orders/", true),
                Arguments.of(ReverseProxy.Kind.NGINX, "/reports/", true),
                Arguments.of(ReverseProxy.Kind.NGINX, "/ungated/", false),
                Arguments.of(ReverseProxy.Kind.CADDY, "/orders/", true));
    }

    @ParameterizedTest
    @MethodSource("locations")
    void inEveryLocationTheBackendHearsWhatTollgateSaysAndNothingThatTheClientSays(
            ReverseProxy.Kind kind, String location, boolean gated) {
        String path = location + client;
        Answer answer = ask(kind, "GET " + path, null, forged());
        assertThat(answer.status()).isEqualTo(200);
        Backend.Seen seen = backend.seen(path).get(0);
        assertThat(seen.headers().values()).noneMatch(values -> values.contains(EVIL));
        assertThat(seen.header("X-Tollgate-Caller")).isEqualTo(gated ? "ip:" + client : null);
        if (gated) {
            assertThat(answer.header("RateLimit")).startsWith("\"minute\";r=9;");
            assertThat(seen.header("X-Request-Id")).isEqualTo(answer.header("X-Request-Id"));
        }
    }

    /** Nobody has to come through a proxy: the check is open to all, and charges whom it sees. */
    @Test
    void aClientThatAsksTheCheckItselfIsTheClientItIs() {
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            List<String> fields = new ArrayList<>(List.of(forged()));
            fields.add("X-Forwarded-For: 198.51.100." + i);
            fields.add("X-Real-IP: 198.51.100." + i);
            Answer answer = PlainHttp.ask(
                    client, at("").getPort(), "GET /tollgate/api/v1/check", null, fields.toArray(String[]::new));
            statuses.add(answer.status());
            assertThat(answer.header("X-Request-Id")).isNotEqualTo(EVIL);
            if (answer.status() == 204) {
                assertThat(answer.header("X-Tollgate-Caller")).isEqualTo("ip:" + client);
            }
        }
        assertThat(statuses.subList(0, 10)).containsOnly(204);
        assertThat(statuses.subList(10, 12)).containsOnly(429);
        Answer asProxy = PlainHttp.ask(
                client,
                at("").getPort(),
                "GET /tollgate/api/v1/check?original=forwarded&refusals=fields",
                null,
                forged());
        assertThat(asProxy.status()).isEqualTo(403);
        assertThat(asProxy.header("X-Tollgate-Status")).isEqualTo("400");
    }
}
