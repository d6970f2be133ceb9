package dev.tollgate.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.core.account.LimitOverride;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.fixture.Ports;
import dev.tollgate.http.route.RoutePolicies;
import dev.tollgate.http.route.RoutePolicyFile;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Tests that edits, bans and lifts hold on every node, also where a message or Redis was lost. */
class EditsAndBansTest extends RateLimitFilterCase {

    @Test
    void editsHoldOnEveryNodeWithinTwoSeconds() throws Exception {
        try (GuardedServer other = node(GuardedServer.Setup.PLAIN)) {
            assertThat(send(HttpRequest.newBuilder(other.uri("/plain")).header("X-API-Key", key))
                            .statusCode())
                    .isEqualTo(200);
            directory.tiers.put("free", new Tier("free", OptionalLong.of(25), OptionalLong.of(1_000)));
            node.changes.tiersChanged();
            awaitPolicy(other, key, "q=25");
            String hash = ApiKeyToken.hash(key);
            var known = directory.keys.get(hash);
            directory.keys.put(hash, new ResolvedKey(known.key(), "pro"));
            node.changes.accountChanged(account);
            awaitPolicy(other, key, "q=100");
            directory.keys.remove(hash);
            node.changes.keyChanged(hash);
            Ports.await(
                    "the revoked key refused",
                    Duration.ofSeconds(2),
                    () -> status(other, key) == 401 || status(other, key) == 429);
        }
    }

    @Test
    void anOverrideHoldsOnEveryNodeWithinTwoSecondsAndEndsByItself() throws Exception {
        try (GuardedServer other = node(GuardedServer.Setup.PLAIN)) {
            assertThat(status(other, key)).isEqualTo(200);
            override(new LimitOverride(
                    List.of(WindowPolicy.ofTier("second", 30, 1), WindowPolicy.minute(40)),
                    OptionalLong.empty(),
                    Instant.now().plus(Duration.ofHours(1)),
                    "a campaign"));
            awaitPolicy(other, key, "\"second\";q=30;w=1, \"minute\";q=40;w=60");
            awaitPolicy(node, key, "\"second\";q=30;w=1, \"minute\";q=40;w=60");
            // Both nodes have the key from Redis or the database; no message comes at the end.
            directory.aheadMillis.set(Duration.ofHours(2).toMillis());
            for (GuardedServer each : List.of(node, other)) {
                HttpResponse<String> answer =
                        send(HttpRequest.newBuilder(each.uri("/plain")).header("X-API-Key", key));
                assertThat(answer.headers().firstValue("RateLimit-Policy"))
                        .get()
                        .asString()
                        .startsWith("\"minute\";q=10;w=60, \"month\";q=1000");
            }
        }
    }

    private void override(LimitOverride override) {
        String hash = ApiKeyToken.hash(key);
        ResolvedKey known = directory.keys.get(hash);
        directory.keys.put(hash, new ResolvedKey(known.key(), known.tier(), override));
        node.changes.accountChanged(account);
    }

    @Test
    void unitsStayCountedWhenTheLimitOfAWindowChanges() throws Exception {
        override(new LimitOverride(
                List.of(WindowPolicy.minute(50), WindowPolicy.ofTier("day", 90, 86_400)), null, null, ""));
        awaitPolicy(node, key, "\"day\";q=90");
        HttpResponse<String> before = send(with(key, "/plain"));
        directory.tiers.put(
                "free", new Tier("free", List.of(WindowPolicy.ofTier("daily", 70, 86_400)), OptionalLong.of(1_000)));
        node.changes.tiersChanged();
        override(null);
        awaitPolicy(node, key, "\"daily\";q=70");
        HttpResponse<String> after = send(with(key, "/plain"));
        assertThat(used(after, "daily", 70))
                .as("a window is known by its length, whatever its name")
                .isGreaterThan(used(before, "day", 90));
    }

    private static long used(HttpResponse<String> answer, String window, long limit) {
        Matcher left = Pattern.compile("\"" + window + "\";r=(\\d+)")
                .matcher(answer.headers().firstValue("RateLimit").orElseThrow());
        assertThat(left.find()).as(answer.headers().map().toString()).isTrue();
        return limit - Long.parseLong(left.group(1));
    }

    @Test
    void aWindowOfARouteHasANameOfItsOwnWhereATierHasIt() throws Exception {
        RoutePolicyFile file = RoutePolicyFile.parse(
                "routes.json",
                "{\"routes\":[{\"name\":\"second\",\"path\":\"/plain\",\"action\":\"limit\","
                        + "\"window\":{\"limit\":9,\"seconds\":100}}]}");
        directory.tiers.put(
                "free", new Tier("free", List.of(WindowPolicy.ofTier("second", 5, 1)), OptionalLong.empty()));
        GuardedServer.Setup setup = new GuardedServer.Setup(
                RoutePolicies.ofApplication(Optional.of(file)), List.of(), List.of(), FailureMode.OPEN);
        try (GuardedServer routed = node(setup)) {
            assertThat(send(HttpRequest.newBuilder(routed.uri("/plain")).header("X-API-Key", key))
                            .headers()
                            .firstValue("RateLimit-Policy"))
                    .hasValue("\"second\";q=5;w=1, \"route-second\";q=9;w=100");
        }
    }

    @Test
    void aLiftedBanHoldsOnEveryNodeWithinTwoSeconds() throws Exception {
        Caller caller = Caller.account(account);
        try (GuardedServer other = node(GuardedServer.Setup.PLAIN)) {
            node.store
                    .ban(caller, BanLevel.PERMANENT, "by hand")
                    .toCompletableFuture()
                    .join();
            node.changes.banChanged(caller);
            assertThat(status(other, key)).isEqualTo(403);
            // As an administrator's lift does: the node that saw the ban keeps it in PostgreSQL.
            Ports.await("the ban kept", Duration.ofSeconds(2), () -> directory.addressBans.containsKey(caller));
            directory.bans.forget(caller);
            node.store.lift(caller).toCompletableFuture().join();
            node.changes.banChanged(caller);
            Ports.await("the lift to hold", Duration.ofSeconds(2), () -> status(other, key) == 200);
        }
    }

    @Test
    void anAddressBannedForGoodStaysBannedWhenRedisIsEmptied() throws Exception {
        Caller address = Caller.address("127.0.0.1");
        directory.bans.keep(address, Ban.starting(BanLevel.PERMANENT, "by hand", 1_700_000_000_000L));
        node.changes.banChanged(address);
        node.client.getKeys().flushall();
        assertThat(send(HttpRequest.newBuilder(node.uri("/plain"))).statusCode())
                .isEqualTo(403);
        assertThat(status(node, key)).as("a key's caller is its account").isEqualTo(200);
        directory.bans.forget(address);
        node.changes.banChanged(address);
        assertThat(send(HttpRequest.newBuilder(node.uri("/plain"))).statusCode())
                .isEqualTo(200);
    }

    @Test
    void anEditWhoseMessageWasLostIsNoticedByItsEdition() throws Exception {
        assertThat(status(node, key)).isEqualTo(200);
        directory.tiers.put("free", new Tier("free", OptionalLong.of(33), OptionalLong.of(1_000)));
        // What a node does that tells of an edit, without the message.
        node.client.getAtomicLong("edition").incrementAndGet();
        awaitPolicy(node, key, "q=33");
    }
}
