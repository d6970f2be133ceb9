package dev.tollgate.it.forwardauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.fixture.Ports;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.AdminClient.Key;
import dev.tollgate.it.support.PlainHttp;
import dev.tollgate.it.support.PlainHttp.Answer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that bring a credential of the backend's, or a secret that was a key's, through proxies and past them. */
@EnabledIf(
        value = "dev.tollgate.it.forwardauth.ReverseProxy#areInstalled",
        disabledReason = "nginx and caddy are not both installed; .ci/run installs them from Debian's packages")
class ForeignCredentialsIT extends ForwardAuthCase {

    private static final String JWT = "Authorization: Bearer " + part("{\"alg\":\"RS256\",\"typ\":\"JWT\"}") + "."
            + part("{\"iss\":\"https://id.example\",\"sub\":\"alice\"}") + "." + "c2ln".repeat(80);

    private static String part(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    /** Without a key the address is the caller, as without any credential: the eleventh request is its first violation. */
    @ParameterizedTest
    @EnumSource
    void aTokenOfTheBackendsReachesItAndIsNoGuess(ReverseProxy.Kind kind) {
        for (int i = 0; i < 10; i++) {
            assertThat(ask(kind, "GET " + orders, null, JWT).status()).isEqualTo(200);
        }
        assertThat(backend.seen(orders))
                .hasSize(10)
                .allSatisfy(seen -> assertThat("Authorization: " + seen.header("Authorization"))
                        .isEqualTo(JWT));
        Answer over = ask(kind, "GET " + orders, null, JWT);
        assertRefusal(over, 429, "RATE_LIMIT_EXCEEDED");
        assertThat(over.json().getInt("violations")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void fiftyRequestsWithATokenBesideAKeyAreTheKeys(ReverseProxy.Kind kind) {
        Key key = operator.newKey(operator.newAccount("enterprise"));
        for (int i = 0; i < 50; i++) {
            Answer answer = ask(kind, "GET " + orders, null, JWT, "X-API-Key: " + key.secret());
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        }
        assertThat(backend.seen(orders))
                .hasSize(50)
                .allSatisfy(seen -> assertThat(seen.header("X-Tollgate-Caller")).isEqualTo(key.account()));
        assertThatTheAddressIsClean();
    }

    @ParameterizedTest
    @EnumSource
    void fiftyRequestsWithASecretThatWasRotatedAwayOrRevokedBanNobody(ReverseProxy.Kind kind) {
        Key rotated = operator.newKey(operator.newAccount("pro"));
        Key revoked = operator.newKey(operator.newAccount("pro"));
        assertThat(ask(kind, "GET " + orders, null, "X-API-Key: " + rotated.secret())
                        .status())
                .isEqualTo(200);
        assertThat(operator.send("POST", "/keys/" + rotated.id() + "/rotate", "{}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(operator.send("DELETE", "/keys/" + revoked.id(), null).statusCode())
                .isEqualTo(204);
        for (Key dead : new Key[] {rotated, revoked}) {
            Supplier<Answer> again = () -> ask(kind, "GET " + orders, null, "X-API-Key: " + dead.secret());
            Ports.await("the edit", Duration.ofSeconds(2), () -> again.get().status() == 401);
            for (int i = 0; i < 50; i++) {
                assertRefusal(again.get(), 401, "INACTIVE_API_KEY");
            }
        }
        assertThatTheAddressIsClean();
    }

    @Test
    void onTollgatesOwnEndpointsATokenIs401AndADeadSecretTooAndNeitherIsAGuess() {
        Key dead = operator.newKey(operator.newAccount("pro"));
        String fresh = AdminClient.json(operator.send("POST", "/keys/" + dead.id() + "/rotate", "{}"))
                .getString("key");
        for (int i = 0; i < 50; i++) {
            assertThat(upload(JWT).json().getString("code")).isEqualTo("INVALID_API_KEY");
            assertThat(upload("X-API-Key: " + dead.secret()).json().getString("code"))
                    .isEqualTo("INACTIVE_API_KEY");
        }
        assertThat(upload("X-API-Key: " + fresh).status()).isEqualTo(201);
        assertThatTheAddressIsClean();
    }

    private Answer upload(String field) {
        return PlainHttp.ask(client, at("").getPort(), "POST /tollgate/api/v1/uploads/local", "x", field);
    }

    /** It has all its guesses, and one of them counts. */
    private void assertThatTheAddressIsClean() {
        Answer guess = upload("X-API-Key: " + ApiKeyToken.generate().reveal());
        assertThat(guess.status()).isEqualTo(401);
        assertThat(guess.json().getString("code")).isEqualTo("INVALID_API_KEY");
        assertThat(guess.header("RateLimit")).startsWith("\"minute\";r=9;");
    }
}
