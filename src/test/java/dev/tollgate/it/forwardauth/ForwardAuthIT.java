package dev.tollgate.it.forwardauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Ports;
import dev.tollgate.it.support.AdminClient.Key;
import dev.tollgate.it.support.PlainHttp;
import dev.tollgate.it.support.PlainHttp.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Answers of the backend and of Tollgate, as clients of a real nginx and a real Caddy get them. */
@EnabledIf(
        value = "dev.tollgate.it.forwardauth.ReverseProxy#areInstalled",
        disabledReason = "nginx and caddy are not both installed; .ci/run installs them from Debian's packages")
class ForwardAuthIT extends ForwardAuthCase {

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
    void theBackendHearsTheScopesOfAKeyThatHasSome(ReverseProxy.Kind kind) {
        Key key = operator.newKey(operator.newAccount("free"));
        String field = "X-Tollgate-Scopes: evil";
        ask(kind, "GET " + orders, null, "X-API-Key: " + key.secret(), field);
        operator.send("PATCH", "/keys/" + key.id(), "{\"scopes\":[\"orders:read\",\"b\"]}");
        ask(kind, "GET " + orders, null, "X-API-Key: " + key.secret(), field);
        assertThat(backend.seen(orders)).hasSize(2);
        assertThat(backend.seen(orders).get(0).header("X-Tollgate-Scopes")).isNull();
        assertThat(backend.seen(orders).get(1).header("X-Tollgate-Scopes")).isEqualTo("orders:read b");
    }

    @ParameterizedTest
    @EnumSource
    void aClientWithAFormerSecretIsToldUntilWhenItGoesOn(ReverseProxy.Kind kind) {
        Key key = operator.newKey(operator.newAccount("free"));
        Answer before = ask(kind, "GET " + orders, null, "X-API-Key: " + key.secret());
        assertThat(before.header("Sunset")).isNull();
        operator.send("POST", "/keys/" + key.id() + "/rotate", "{\"overlapSeconds\":600}");
        Answer after = ask(kind, "GET " + orders, null, "X-API-Key: " + key.secret());
        assertThat(after.status()).isEqualTo(200);
        assertThat(after.header("Deprecation")).matches("@\\d+");
        assertThat(after.header("Sunset")).endsWith(" GMT");
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
}
