package dev.tollgate.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.http.route.RoutePolicies;
import dev.tollgate.http.route.RoutePolicyFile;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

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
}
