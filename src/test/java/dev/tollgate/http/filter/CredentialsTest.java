package dev.tollgate.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.ApiKeyFormat;
import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.core.account.KeyAccess;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.account.Scopes;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.fixture.ForeignCredentials;
import dev.tollgate.http.route.RoutePolicies;
import dev.tollgate.http.route.RoutePolicyFile;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Credentials that are not Tollgate's, secrets that were its keys', and keys where they may not be used: what they are taken for, and
 * that they ban nobody.
 */
class CredentialsTest extends RateLimitFilterCase {

    private static final int TRIES = 600;
    private static final Caller HERE = Caller.address("127.0.0.1");

    private GuardedServer amongOthers;

    @BeforeEach
    void startAmongOthers() throws Exception {
        directory.tiers.put("large", new Tier("large", OptionalLong.of(100_000), OptionalLong.empty()));
        directory.tiers.put("anonymous", new Tier("anonymous", OptionalLong.of(50_000), OptionalLong.empty()));
        amongOthers = node(GuardedServer.Setup.amongOthers(List.of()));
    }

    @AfterEach
    void stopAmongOthers() throws Exception {
        amongOthers.close();
    }

    private static HttpResponse<String> send(GuardedServer to, List<ForeignCredentials.Field> fields) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(to.uri("/plain"));
        fields.forEach(field -> request.header(field.name(), field.value()));
        return send(request);
    }

    private static String policy(HttpResponse<String> answer) {
        return answer.headers().firstValue("RateLimit-Policy").orElse("");
    }

    @Test
    void credentialsOfOtherSystemsAreAbsentBeforeApplications() throws Exception {
        ForeignCredentials credentials = new ForeignCredentials(1);
        for (int i = 0; i < TRIES; i++) {
            List<ForeignCredentials.Field> fields = credentials.next();
            HttpResponse<String> served = send(amongOthers, fields);
            assertThat(served.statusCode()).as("%s: %s", fields, served.body()).isEqualTo(200);
            assertThat(policy(served)).as("%s", fields).isEqualTo("\"minute\";q=50000;w=60");
            assertThat(served.headers().firstValue("RateLimit").orElseThrow())
                    .as("one unit each")
                    .startsWith("\"minute\";r=" + (50_000 - i - 1) + ";");
        }
        assertThat(directory.lookups).as("looked up").hasValue(0);
    }

    @Test
    void besideAKeyTheyAreAbsentTooWhereverTheKeyIs() throws Exception {
        ForeignCredentials credentials = new ForeignCredentials(2);
        Random random = new Random(2);
        String large = directory.newKey(account, "large", OptionalLong.empty());
        for (int i = 0; i < TRIES; i++) {
            List<ForeignCredentials.Field> fields = new ArrayList<>(credentials.next());
            ForeignCredentials.Field last = fields.get(fields.size() - 1);
            boolean open = last.value().chars().filter(c -> c == '"').count() % 2 != 0;
            String here = last.name().equals("Authorization") ? "Bearer " + large : large;
            if (random.nextInt(3) == 0 && !open) {
                // As a proxy joins several fields.
                fields.set(fields.size() - 1, new ForeignCredentials.Field(last.name(), last.value() + ", " + here));
            } else if (random.nextBoolean()) {
                fields.add(random.nextInt(fields.size() + 1), new ForeignCredentials.Field("X-API-Key", large));
            } else {
                fields.add(
                        random.nextInt(fields.size() + 1),
                        new ForeignCredentials.Field("Authorization", "Bearer " + large));
            }
            HttpResponse<String> served = send(amongOthers, fields);
            assertThat(served.statusCode()).as("%s: %s", fields, served.body()).isEqualTo(200);
            assertThat(policy(served)).as("%s", fields).isEqualTo("\"minute\";q=100000;w=60");
        }
    }

    @Test
    void forTollgatesOwnEndpointsTheyAre401AndNoGuess() throws Exception {
        ForeignCredentials credentials = new ForeignCredentials(3);
        for (int i = 0; i < 50; i++) {
            for (String name : List.of("X-API-Key", "Authorization")) {
                String value = (name.equals("X-API-Key") ? "" : "Bearer ") + credentials.jwt();
                HttpResponse<String> refused = send(node, List.of(new ForeignCredentials.Field(name, value)));
                assertThat(refused.statusCode()).isEqualTo(401);
                assertThat(refused.body()).contains("\"code\":\"INVALID_API_KEY\"");
                assertThat(refused.headers().firstValue("RateLimit")).isEmpty();
            }
        }
        assertThat(node.audited(HERE)).isEmpty();
        assertThat(directory.lookups).hasValue(0);
        assertGuessesCount(node, 9);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "Bearer", "Bearer ", "Bearer  ", ",", " , "})
    void emptyFieldsAreAbsentOnes(String value) throws Exception {
        for (GuardedServer each : List.of(node, amongOthers)) {
            for (String name : List.of("X-API-Key", "Authorization")) {
                if (name.equals("X-API-Key") && value.startsWith("B")) {
                    continue;
                }
                ForeignCredentials.Field empty = new ForeignCredentials.Field(name, value);
                assertThat(send(each, List.of(empty)).statusCode()).isEqualTo(200);
                HttpResponse<String> served =
                        send(each, List.of(empty, new ForeignCredentials.Field("X-API-Key", key)));
                assertThat(served.statusCode()).as(served.body()).isNotEqualTo(401);
                assertThat(policy(served)).contains("month");
            }
        }
    }

    @Test
    void whatBeginsAsAKeyIsAGuessBeforeApplicationsToo() throws Exception {
        assertGuessesCount(amongOthers, 9);
        HttpResponse<String> broken =
                send(amongOthers, List.of(new ForeignCredentials.Field("Authorization", "Bearer tg_short")));
        assertThat(broken.statusCode()).isEqualTo(401);
        assertThat(broken.headers().firstValue("RateLimit").orElseThrow()).startsWith("\"minute\";r=8;");
        HttpResponse<String> two = send(
                amongOthers,
                List.of(
                        new ForeignCredentials.Field("X-API-Key", key),
                        new ForeignCredentials.Field(
                                "Authorization",
                                "Bearer " + ApiKeyToken.generate().reveal())));
        assertThat(two.body()).contains("two API keys that differ");
    }

    @Test
    void aFiftiethRequestWithADeadSecretIs401AsTheFirstAndAsksTheDatabaseOnce() throws Exception {
        String dead = directory.newKey(account, "free", OptionalLong.empty());
        directory.keys.computeIfPresent(
                ApiKeyToken.hash(dead), (hash, known) -> new ResolvedKey(inactive(known.key()), known.tier()));
        for (GuardedServer each : List.of(node, amongOthers)) {
            directory.lookups.set(0);
            for (int i = 0; i < 50; i++) {
                HttpResponse<String> refused = send(each, List.of(new ForeignCredentials.Field("X-API-Key", dead)));
                assertThat(refused.statusCode()).isEqualTo(401);
                assertThat(refused.body()).contains("\"code\":\"INACTIVE_API_KEY\"");
                assertThat(refused.headers().firstValue("RateLimit")).isEmpty();
            }
            assertThat(directory.lookups.get()).isLessThanOrEqualTo(1);
            assertThat(each.audited(HERE)).isEmpty();
        }
        assertGuessesCount(node, 9);
    }

    private static ApiKey inactive(ApiKey key) {
        return new ApiKey(
                key.id(), key.accountId(), key.name(), key.prefix(), false, key.createdAt(), null, key.windowLimit());
    }

    /** A made-up key from the same address is still charged: of ten guesses so many are left. */
    private static void assertGuessesCount(GuardedServer at, int left) throws Exception {
        HttpResponse<String> guess = send(
                at,
                List.of(new ForeignCredentials.Field(
                        "X-API-Key", ApiKeyToken.generate().reveal())));
        assertThat(guess.statusCode()).isEqualTo(401);
        assertThat(guess.body()).contains("\"code\":\"INVALID_API_KEY\"");
        assertThat(guess.headers().firstValue("RateLimit").orElseThrow()).startsWith("\"minute\";r=" + left + ";");
    }

    @Test
    void keysBeginWithWhatIsConfiguredAndOthersAreForeign() {
        ApiKeyFormat format = new ApiKeyFormat(List.of("acme_live_", "tg_"));
        String fresh = format.generate().reveal();
        assertThat(fresh).startsWith("acme_live_").hasSize(53);
        assertThat(format.isWellFormed(fresh)).isTrue();
        assertThat(format.isWellFormed(ApiKeyToken.generate().reveal())).isTrue();
        assertThat(ApiKeyFormat.STANDARD.isOurs(fresh)).isFalse();
        assertThat(format.isOurs("acme_" + fresh)).isFalse();
        assertThat(format.isWellFormed(fresh + "A")).isFalse();
    }

    private String restricted(KeyAccess access) {
        String secret = directory.newKey(account, "free", OptionalLong.empty());
        directory.keys.computeIfPresent(
                ApiKeyToken.hash(secret),
                (hash, known) -> new ResolvedKey(known.key().with(access), known.tier()));
        return secret;
    }

    private static KeyAccess scopes(String... names) {
        return new KeyAccess(Scopes.of(List.of(names)), List.of(), false, null);
    }

    private static HttpResponse<String> from(GuardedServer to, String secret, String forwardedFor) throws Exception {
        return send(HttpRequest.newBuilder(to.uri("/plain"))
                .header("X-API-Key", secret)
                .header("X-Forwarded-For", forwardedFor));
    }

    private static GuardedServer.Setup setup(String routes) {
        return new GuardedServer.Setup(
                RoutePolicies.ofApplication(Optional.of(RoutePolicyFile.parse("routes", routes))),
                List.of("127.0.0.1"),
                List.of(),
                FailureMode.OPEN);
    }

    @Test
    void aRouteThatAsksForScopesTakesKeysWithAllOfThemAndChargesNothingToOthers() throws Exception {
        String routes = "{\"routes\":[{\"name\":\"reports\",\"path\":\"/plain\",\"action\":\"limit\","
                + "\"scopes\":[\"reports:read\",\"reports:list\"]}]}";
        try (GuardedServer scoped = node(setup(routes))) {
            for (KeyAccess access : List.of(KeyAccess.FREE, scopes("reports:read"), scopes("reports:lis", "other"))) {
                String poor = restricted(access);
                for (int i = 0; i < 20; i++) {
                    HttpResponse<String> refused = from(scoped, poor, "192.0.2.1");
                    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(403);
                    assertThat(refused.body()).contains("\"code\":\"INSUFFICIENT_SCOPE\"");
                    assertThat(refused.headers().firstValue("WWW-Authenticate").orElseThrow())
                            .startsWith("Bearer ")
                            .contains("error=\"insufficient_scope\"", "scope=\"reports:read reports:list\"");
                }
            }
            assertThat(scoped.audited(Caller.account(account))).isEmpty();
            assertThat(scoped.usage).isEmpty();
            HttpResponse<String> served =
                    from(scoped, restricted(scopes("reports:list", "x", "reports:read")), "192.0.2.1");
            assertThat(served.statusCode()).as(served.body()).isEqualTo(200);
            assertThat(remaining(served)).isEqualTo(9);
            HttpResponse<String> nobody = send(scoped, List.of());
            assertThat(nobody.statusCode()).isEqualTo(401);
            assertThat(nobody.body()).contains("\"code\":\"MISSING_API_KEY\"");
        }
    }

    @Test
    void aKeyIsRefusedOutsideOfItsNetworksAndThatIsAuditedOnceAMinuteWithoutViolations() throws Exception {
        String secret = restricted(
                new KeyAccess(Scopes.NONE, List.of("192.0.2.0/24", "2001:db8::/32", "127.0.0.1"), false, null));
        try (GuardedServer behindProxy = node(setup("{\"routes\":[]}"))) {
            for (int i = 0; i < 30; i++) {
                for (String outside : List.of("198.51.100.1", "not an address")) {
                    HttpResponse<String> refused = from(behindProxy, secret, outside);
                    assertThat(refused.statusCode()).as(outside).isEqualTo(403);
                    assertThat(refused.body()).contains("\"code\":\"ADDRESS_NOT_ALLOWED\"");
                }
            }
            for (String inside : List.of("192.0.2.7", "2001:db8:7::1", "::ffff:192.0.2.8")) {
                assertThat(from(behindProxy, secret, inside).statusCode())
                        .as(inside)
                        .isEqualTo(200);
            }
            assertThat(behindProxy.audit)
                    .hasSize(2)
                    .allSatisfy(event -> assertThat(event.type()).isEqualTo(AuditEvent.Type.ADDRESS_REFUSED))
                    .anySatisfy(event -> assertThat(event.details()).containsEntry("address", "198.51.100.1"));
            assertThat(behindProxy.client.getKeys().countExists("violations:{" + account + "}"))
                    .isZero();
        }
    }

    @Test
    void aSuspendedKeyIsInactiveAndNoGuess() throws Exception {
        String secret = restricted(new KeyAccess(Scopes.NONE, List.of(), true, null));
        directory.keys.computeIfPresent(
                ApiKeyToken.hash(secret),
                (hash, known) ->
                        new ResolvedKey(inactive(known.key()).with(known.key().access()), known.tier()));
        for (int i = 0; i < 50; i++) {
            HttpResponse<String> refused = from(node, secret, "192.0.2.1");
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(refused.body()).contains("\"code\":\"INACTIVE_API_KEY\"", "suspended");
        }
        assertGuessesCount(node, 9);
    }

    @Test
    void anOldSecretGoesOnForAWhileAndEachAnswerSaysUntilWhen() throws Exception {
        Instant since = Instant.parse("2026-11-29T10:00:00Z");
        Instant until = Instant.now().plusSeconds(3_000);
        String old = directory.newKey(account, "free", OptionalLong.of(1));
        directory.keys.computeIfPresent(
                ApiKeyToken.hash(old),
                (hash, known) ->
                        new ResolvedKey(known.key().retiring(new KeyAccess.Retirement(since, until)), known.tier()));
        String sunset = DateTimeFormatter.RFC_1123_DATE_TIME.format(until.atOffset(ZoneOffset.UTC));
        for (int status : List.of(200, 429)) {
            HttpResponse<String> answer = from(node, old, "192.0.2.1");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
            assertThat(answer.headers().allValues("Deprecation")).containsExactly("@" + since.getEpochSecond());
            String said = answer.headers().firstValue("Sunset").orElseThrow();
            assertThat(said).matches("[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT");
            assertThat(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(said)))
                    .as("%s and %s", said, sunset)
                    .isEqualTo(until.truncatedTo(ChronoUnit.SECONDS));
        }
        assertThat(from(node, key, "192.0.2.1").headers().map()).doesNotContainKeys("deprecation", "sunset");
        directory.aheadMillis.set(3_600_000);
        for (int i = 0; i < 50; i++) {
            HttpResponse<String> ended = from(node, old, "192.0.2.1");
            assertThat(ended.statusCode()).isEqualTo(401);
            assertThat(ended.body()).contains("\"code\":\"INACTIVE_API_KEY\"");
            assertThat(ended.headers().map()).doesNotContainKeys("deprecation", "sunset");
        }
        assertGuessesCount(node, 9);
    }

    @Test
    void anImportedSecretHasAFormOfItsOwn() throws Exception {
        String secret = "tg_prod/9-a=b~";
        directory.keys.put(ApiKeyToken.hash(secret), directory.keys.get(ApiKeyToken.hash(key)));
        for (GuardedServer each : List.of(node, amongOthers)) {
            assertThat(from(each, secret, "192.0.2.1").statusCode()).isEqualTo(200);
            assertThat(send(each, List.of(new ForeignCredentials.Field("Authorization", "Bearer " + secret)))
                            .statusCode())
                    .isEqualTo(200);
        }
        ApiKeyFormat format = ApiKeyFormat.STANDARD;
        for (String none :
                List.of("tg_1234", "tg_" + "x".repeat(254), "tg_1234\u00e9678", "tg_123 5678", "sk_12345678")) {
            assertThat(format.isPresentable(none)).as(none).isFalse();
        }
    }
}
