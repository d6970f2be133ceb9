package dev.tollgate.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.ApiKeyFormat;
import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.fixture.ForeignCredentials;
import dev.tollgate.http.route.RoutePolicies;
import dev.tollgate.http.route.RoutePolicyFile;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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

/** Credentials that are not Tollgate's, and secrets that were its keys': what they are taken for, and that they ban nobody. */
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

    private GuardedServer withPrincipals(boolean create, String... trustedProxies) throws Exception {
        directory.principals = "header:X-Remote-User";
        directory.createsAccounts = create;
        return node(GuardedServer.Setup.amongOthers(List.of(trustedProxies)));
    }

    private static HttpResponse<String> as(GuardedServer at, String... names) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(at.uri("/plain"));
        for (String name : names) {
            request.header("X-Remote-User", name);
        }
        return send(request);
    }

    @Test
    void aPrincipalThatATrustedProxyNamesIsItsAccountAndAKeyGoesFirst() throws Exception {
        directory.link(account, "free", "alice@example.org");
        try (GuardedServer behind = withPrincipals(false, "127.0.0.1")) {
            assertThat(policy(as(behind, "alice@example.org"))).startsWith("\"minute\";q=10;w=60, \"month\";q=1000");
            assertThat(policy(as(behind, " alice@example.org "))).startsWith("\"minute\";q=10;w=60, \"month\";q=1000");
            String large = directory.newKey(directory.newAccount(), "large", OptionalLong.empty());
            assertThat(policy(send(HttpRequest.newBuilder(behind.uri("/plain"))
                            .header("X-Remote-User", "alice@example.org")
                            .header("X-API-Key", large))))
                    .isEqualTo("\"minute\";q=100000;w=60");
            assertThat(behind.usage).extracting(UsageEvent::keyId).as("metered").hasSize(3);
            for (int i = 0; i < 8; i++) {
                as(behind, "alice@example.org");
            }
            assertThat(as(behind, "alice@example.org").statusCode()).isEqualTo(429);
            assertThat(as(behind, "bob@example.org").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void whoIsNamedTwiceOrByNoNameOrByAStrangerIsAnAddress() throws Exception {
        for (String name : List.of("alice", "mallory")) {
            directory.link(directory.newAccount(), "free", name);
        }
        String[][] nobody = {
            {"alice", "mallory"}, {"alice", "alice"}, {""}, {" "}, {"x".repeat(10_000)}, {"al\tice"}, {"<b>nobody</b>"}
        };
        try (GuardedServer behind = withPrincipals(false, "127.0.0.1");
                GuardedServer open = withPrincipals(false)) {
            for (String[] names : nobody) {
                HttpResponse<String> answer = as(behind, names);
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(policy(answer)).as(String.join(",", names)).isEqualTo("\"minute\";q=50000;w=60");
            }
            assertThat(policy(as(open, "alice"))).as("no trusted proxy").isEqualTo("\"minute\";q=50000;w=60");
        }
    }

    @Test
    void unknownPrincipalsGetAccountsAtFirstSightAtABoundedRateAndNumber() throws Exception {
        try (GuardedServer behind = withPrincipals(true, "127.0.0.1")) {
            assertThat(policy(as(behind, "new"))).startsWith("\"minute\";q=10;w=60, \"month\"");
            assertThat(policy(as(behind, "ip:10.0.0.1"))).startsWith("\"minute\";q=10;w=60, \"month\"");
            assertThat(directory.created).hasValue(2);
            assertThat(policy(as(behind, "new"))).startsWith("\"minute\";q=10;w=60, \"month\"");
            assertThat(directory.created).as("once").hasValue(2);
            int made = 0;
            for (int i = 0; i < 1_000; i++) {
                HttpResponse<String> answer = as(behind, "flood-" + i);
                assertThat(answer.statusCode()).isEqualTo(200);
                made += policy(answer).contains("month") ? 1 : 0;
            }
            assertThat(made).as("all in all").isLessThanOrEqualTo(InMemoryDirectory.MOST_PRINCIPALS - 2);
        }
    }

    @Test
    void aRouteThatNeedsAKeyTakesAPrincipalWithAnAccount() throws Exception {
        directory.link(account, "free", "alice");
        directory.principals = "header:X-Remote-User";
        RoutePolicyFile file = RoutePolicyFile.parse(
                "routes.json", "{\"routes\":[{\"name\":\"all\",\"path\":\"/*\",\"action\":\"key-required\"}]}");
        GuardedServer.Setup setup = new GuardedServer.Setup(
                RoutePolicies.ofApplication(Optional.of(file)), List.of("127.0.0.1"), List.of(), FailureMode.OPEN);
        try (GuardedServer behind = node(setup)) {
            assertThat(as(behind, "alice").statusCode()).isEqualTo(200);
            assertThat(as(behind, "bob").statusCode()).isEqualTo(401);
            assertThat(as(behind).statusCode()).isEqualTo(401);
        }
    }
}
