package dev.tollgate.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.fixture.Ports;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Tests what a caller sees, over HTTP, before servlets that know nothing of the gate. */
class RateLimitFilterTest extends RateLimitFilterCase {

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
                List.of("x".repeat(65_536), "tg_\u00e4\u00f6\u00fc", "x", "tg_", "tg_'; DROP TABLE api_keys; --")) {
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
}
