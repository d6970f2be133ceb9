package dev.tollgate.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.http.route.RoutePolicies;
import dev.tollgate.http.route.RoutePolicyFile;
import dev.tollgate.http.servlet.CrossOrigin;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.aggregator.ArgumentsAccessor;
import org.junit.jupiter.params.provider.CsvSource;

/** Callers without a key whom a trusted proxy names. */
class NamedCallersTest extends RateLimitFilterCase {

    @BeforeEach
    void setTiers() {
        directory.tiers.put("large", new Tier("large", OptionalLong.of(100_000), OptionalLong.empty()));
        directory.tiers.put("anonymous", new Tier("anonymous", OptionalLong.of(50_000), OptionalLong.empty()));
    }

    private static String policy(HttpResponse<String> answer) {
        return answer.headers().firstValue("RateLimit-Policy").orElse("");
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

    /** Who comes, by what it sends beside a proxy's word. */
    private enum Who {
        NOBODY,
        KEY,
        WRONG_KEY,
        FOREIGN_TOKEN,
        MEMBER,
        STRANGER,
        MEMBER_WITH_WRONG_KEY
    }

    @ParameterizedTest
    @CsvSource({
        // credentials, nobody, key, wrong key, foreign token, member, stranger, member with a wrong key
        "none,200 50000,200 50000,200 50000,200 50000,200 50000,200 50000,200 50000",
        "optional,200 50000,200 100000,401,200 50000,200 70000,200 50000,401",
        "required,401,200 100000,401,401,200 70000,401,401",
        "principal,403,403,403,403,200 70000,403,200 70000",
    })
    void aRouteSaysWhoseCredentialsCount(ArgumentsAccessor row) throws Exception {
        directory.tiers.put("member", new Tier("member", OptionalLong.of(70_000), OptionalLong.empty()));
        directory.link(account, "member", "alice");
        directory.principals = "header:X-Remote-User";
        String key = directory.newKey(directory.newAccount(), "large", OptionalLong.empty());
        RoutePolicyFile file = RoutePolicyFile.parse(
                "routes.json",
                "{\"routes\":[{\"name\":\"all\",\"path\":\"/*\",\"credentials\":\"" + row.getString(0) + "\"}]}");
        GuardedServer.Setup setup = GuardedServer.Setup.amongOthers(
                RoutePolicies.ofApplication(Optional.of(file)), List.of("127.0.0.1"), CrossOrigin.OFF);
        try (GuardedServer behind = node(setup)) {
            for (Who who : Who.values()) {
                HttpRequest.Builder request = HttpRequest.newBuilder(behind.uri("/plain"));
                switch (who) {
                    case KEY -> request.header("X-API-Key", key);
                    case WRONG_KEY -> request.header("X-API-Key", "tg_" + "w".repeat(40));
                    case FOREIGN_TOKEN -> request.header("Authorization", "Bearer eyJhbGciOiJub25lIn0.e30.");
                    case MEMBER -> request.header("X-Remote-User", "alice");
                    case STRANGER -> request.header("X-Remote-User", "bob");
                    case MEMBER_WITH_WRONG_KEY ->
                        request.header("X-Remote-User", "alice").header("X-API-Key", "tg_" + "w".repeat(40));
                    case NOBODY -> {}
                }
                HttpResponse<String> answer = send(request);
                String expected = row.getString(1 + who.ordinal());
                assertThat(answer.statusCode()).as("%s", who).isEqualTo(Integer.parseInt(expected.substring(0, 3)));
                if (expected.length() > 3) {
                    assertThat(policy(answer)).as("%s", who).contains("\"minute\";q=" + expected.substring(4) + ";");
                } else {
                    String code = expected.equals("403")
                            ? "PRINCIPAL_REQUIRED"
                            : who.name().contains("WRONG_KEY") ? "INVALID_API_KEY" : "MISSING_API_KEY";
                    assertThat(answer.body()).as("%s", who).contains("\"code\":\"" + code + "\"");
                }
            }
        }
    }
}
