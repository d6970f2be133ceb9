package dev.tollgate.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.core.refusal.RefusalReason;
import dev.tollgate.core.refusal.RefusedRequest;
import dev.tollgate.http.route.RoutePolicies;
import dev.tollgate.http.route.RoutePolicyFile;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Tests what is noted of refused requests: the reason that the answer had, and whose request it was. */
class NotedRefusalsTest extends RateLimitFilterCase {

    private static final String ROUTES = """
            {"routes": [
              {"name": "keys", "path": "/plain", "action": "key-required", "scopes": ["reports:read"]},
              {"name": "watched", "path": "/failing", "action": "limit", "mode": "shadow",
               "window": {"name": "three", "limit": 3, "seconds": 3600}},
              {"name": "dear", "path": "/odd", "action": "limit", "cost": 50},
              {"name": "dear-in-shadow", "path": "/again", "action": "limit", "cost": 50, "mode": "shadow"}
            ]}""";

    private static final GuardedServer.Setup ROUTED = new GuardedServer.Setup(
            RoutePolicies.ofApplication(Optional.of(RoutePolicyFile.parse("routes.json", ROUTES))),
            List.of(),
            List.of(),
            FailureMode.OPEN);

    private static JsonObject json(HttpResponse<String> answer) {
        try (JsonReader reader = Json.createReader(new StringReader(answer.body()))) {
            return reader.readObject();
        }
    }

    private static String idOf(HttpResponse<String> answer) {
        return answer.headers().firstValue("X-Request-Id").orElseThrow();
    }

    /** Asserts that the last refusal that was noted is the one that was answered. */
    private static RefusedRequest assertNoted(
            GuardedServer at, HttpResponse<String> answer, String route, String policy) {
        RefusedRequest last = at.refusals.get(at.refusals.size() - 1);
        assertThat(last.requestId()).isEqualTo(idOf(answer));
        assertThat(last.address()).isEqualTo("127.0.0.1");
        assertThat(last.atMillis()).isBetween(System.currentTimeMillis() - 60_000, System.currentTimeMillis());
        assertThat(last.reason())
                .isEqualTo(new RefusalReason(
                        route, policy, answer.statusCode(), json(answer).getString("code"), false));
        return last;
    }

    private String keyIdOf(String secret) {
        return directory.keys.get(ApiKeyToken.hash(secret)).key().id();
    }

    private HttpRequest.Builder to(GuardedServer at, String path, String secret) {
        HttpRequest.Builder request = HttpRequest.newBuilder(at.uri(path));
        return secret == null ? request : request.header("X-API-Key", secret);
    }

    @Test
    void aRefusalByALimitIsNotedWithTheLimitTheKeyAndTheAccountAndNoAdmissionIs() throws Exception {
        HttpResponse<String> answer = send(with(key, "/plain"));
        for (int i = 0; i < 10; i++) {
            assertThat(node.refusals).isEmpty();
            answer = send(with(key, "/plain"));
        }
        assertThat(answer.statusCode()).isEqualTo(429);
        RefusedRequest noted = assertNoted(node, answer, "default", "minute");
        assertThat(noted.caller()).isEqualTo(Caller.account(account));
        assertThat(noted.keyId()).isEqualTo(keyIdOf(key));
        assertThat(noted.toString()).doesNotContain(key).doesNotContain(ApiKeyToken.hash(key));
    }

    @Test
    void eachRequestOfABannedCallerIsNotedFromRedisAndFromMemory() throws Exception {
        HttpResponse<String> answer = null;
        for (int i = 0; i < 10 + 5 + 3; i++) {
            answer = send(with(key, "/plain"));
        }
        assertThat(json(answer).getString("code")).isEqualTo("BANNED");
        assertNoted(node, answer, "default", null);
        assertThat(node.refusals).hasSize(8);
        assertThat(node.refusals.stream().map(RefusedRequest::requestId).distinct())
                .hasSize(8);
    }

    @Test
    void anUnknownKeyIsItsAddresssAndAfterTooManyTheLimitRefuses() throws Exception {
        HttpResponse<String> answer = send(with(ApiKeyToken.generate().reveal(), "/plain"));
        assertThat(answer.statusCode()).isEqualTo(401);
        RefusedRequest noted = assertNoted(node, answer, "default", null);
        assertThat(noted.caller()).isEqualTo(Caller.address("127.0.0.1"));
        assertThat(noted.keyId()).isNull();
        for (int i = 0; i < 10; i++) {
            answer = send(with(ApiKeyToken.generate().reveal(), "/plain"));
        }
        assertThat(answer.statusCode()).isEqualTo(429);
        assertNoted(node, answer, "default", "minute");
        assertThat(node.refusals).hasSize(11);
    }

    @Test
    void aKeyThatIsKnownAndMayNotBeUsedIsNotedWithItsAccount() throws Exception {
        String expired = directory.newKey(account, "free", OptionalLong.empty(), Instant.EPOCH);
        RefusedRequest noted = assertNoted(node, send(with(expired, "/plain")), "default", null);
        assertThat(noted.caller()).isEqualTo(Caller.account(account));
        assertThat(noted.keyId()).isEqualTo(keyIdOf(expired));
        directory.keys.computeIfPresent(ApiKeyToken.hash(key), (hash, known) -> {
            ApiKey revoked = known.key().revoked();
            return new ResolvedKey(revoked, known.tier());
        });
        noted = assertNoted(node, send(with(key, "/plain")), "default", null);
        assertThat(noted.reason().code()).isEqualTo("INACTIVE_API_KEY");
        assertThat(noted.keyId()).isEqualTo(keyIdOf(key));
    }

    @Test
    void aMissingKeyAMissingScopeAndACostThatNeverFitsAreNoted() throws Exception {
        try (GuardedServer routed = node(ROUTED)) {
            RefusedRequest noted = assertNoted(routed, send(to(routed, "/plain", null)), "keys", null);
            assertThat(noted.reason().code()).isEqualTo("MISSING_API_KEY");
            assertThat(noted.caller()).isEqualTo(Caller.address("127.0.0.1"));
            noted = assertNoted(routed, send(to(routed, "/plain", key)), "keys", null);
            assertThat(noted.reason().code()).isEqualTo("INSUFFICIENT_SCOPE");
            assertThat(noted.caller()).isEqualTo(Caller.account(account));
            noted = assertNoted(routed, send(to(routed, "/odd", key)), "dear", "minute");
            assertThat(noted.reason().code()).isEqualTo("COST_EXCEEDS_LIMIT");
            assertThat(noted.reason().status()).isEqualTo(403);
            assertThat(routed.refusals).hasSize(3);
        }
    }

    @Test
    void inShadowModeWhatWouldHaveBeenRefusedIsNotedOnceAndPasses() throws Exception {
        try (GuardedServer routed = node(ROUTED)) {
            for (int i = 0; i < 3; i++) {
                send(to(routed, "/failing", key));
            }
            assertThat(routed.refusals).isEmpty();
            HttpResponse<String> passed = send(to(routed, "/failing", key));
            assertThat(passed.statusCode()).isEqualTo(500); // as the application answers
            assertThat(routed.refusals).singleElement().satisfies(noted -> {
                assertThat(noted.requestId()).isEqualTo(idOf(passed));
                assertThat(noted.caller()).isEqualTo(Caller.account(account));
                assertThat(noted.reason())
                        .isEqualTo(new RefusalReason("watched", "three", 429, "RATE_LIMIT_EXCEEDED", true));
            });
            send(to(routed, "/again", key));
            assertThat(routed.refusals).hasSize(2);
            assertThat(routed.refusals.get(1).reason())
                    .isEqualTo(new RefusalReason("dear-in-shadow", "minute", 403, "COST_EXCEEDS_LIMIT", true));
        }
    }

    @Test
    void withoutTheDatabaseANewKeyIsNotedAs503() throws Exception {
        directory.away = true;
        HttpResponse<String> answer = send(with(key, "/plain"));
        assertThat(answer.statusCode()).isEqualTo(503);
        RefusedRequest noted = assertNoted(node, answer, "default", null);
        assertThat(noted.reason().code()).isEqualTo("DIRECTORY_UNAVAILABLE");
        assertThat(noted.caller()).isEqualTo(Caller.address("127.0.0.1"));
    }
}
