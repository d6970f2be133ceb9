package dev.tollgate.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.core.limit.AccountStateSource.AccountState;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.fixture.Ports;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Tests a guard, which has Redis alone, with a node that has a database and without one. */
class ServerGuardTest extends ServerGuardCase {

    @Test
    void keyThatOnlyTheDatabaseKnowsIsRememberedAndLimitedByItsTier() throws Exception {
        node.open();
        String key = node.newKey("free");
        try (GuardedApplication shop = guard()) {
            awaitTiers(shop, key);
            // A guard that has just started drops what it knows once it has heard of the latest edit.
            int asked = node.lookUps.get();
            assertThat(asked).isPositive();
            redis(wire -> wire.send("DEL", "requests:{" + node.caller(key) + "}"));
            for (int i = 0; i < 3; i++) {
                assertThat(shop.status("/page/" + i, key)).isEqualTo(200);
            }
            assertThat(shop.get("/", key).body()).contains("RATE_LIMIT_EXCEEDED");
            assertThat(node.lookUps).hasValue(asked);
        }
    }

    @Test
    void unknownKeyIs401AndRememberedAndADatabaseThatIsAwayIs503() throws Exception {
        node.open();
        String known = node.newKey("free");
        String unknown = ApiKeyToken.generate().reveal();
        try (GuardedApplication shop = guard()) {
            awaitTiers(shop, known);
            // A guard that has just started drops what it knows once it has heard of the latest edit.
            int asked = node.lookUps.get();
            assertThat(shop.status("/", unknown)).isEqualTo(401);
            assertThat(shop.status("/", unknown)).isEqualTo(401);
            assertThat(node.lookUps).hasValue(asked + 1);
            node.away = true;
            assertThat(shop.get("/", ApiKeyToken.generate().reveal()).body()).contains("DIRECTORY_UNAVAILABLE");
        }
    }

    @Test
    void withoutANodeUnknownKeysGet503AndCallersWithoutAKeyAreLimited() throws Exception {
        try (GuardedApplication shop = guard()) {
            long begun = System.nanoTime();
            for (int i = 0; i < 4; i++) {
                assertThat(shop.status("/", ApiKeyToken.generate().reveal())).isEqualTo(503);
            }
            // Three requests wait for two seconds each; those after them do not wait.
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(8));
            for (int i = 0; i < 10; i++) {
                assertThat(shop.status("/", null)).isEqualTo(200);
            }
            assertThat(shop.status("/", null)).isEqualTo(429);
        }
    }

    @Test
    void editsReachTheGuardWithinTwoSeconds() throws Exception {
        node.open();
        String key = node.newKey("free");
        try (GuardedApplication shop = guard()) {
            awaitTiers(shop, key);
            node.tiers.put("free", new Tier("free", OptionalLong.of(50), OptionalLong.empty()));
            node.changes.tiersChanged();
            Ports.await("the raised limit", SOON, () -> shop.status("/", key) == 200);
            Caller caller = node.caller(key);
            node.gate
                    .ban(caller, BanLevel.lasting(Duration.ofMinutes(5)), "by hand")
                    .toCompletableFuture()
                    .join();
            node.changes.banChanged(caller);
            Ports.await("the ban", SOON, () -> shop.get("/", key).body().contains("BANNED"));
            node.gate.lift(caller).toCompletableFuture().join();
            node.changes.banChanged(caller);
            Ports.await("the lift", SOON, () -> shop.status("/", key) == 200);
            String hash = ApiKeyToken.hash(key);
            node.keys.remove(hash);
            node.changes.keyChanged(hash);
            Ports.await("the end of the key", SOON, () -> shop.status("/", key) == 401);
        }
    }

    @Test
    void emptiedRedisGetsMonthAndPermanentBanBackFromTheDatabase() throws Exception {
        node.open();
        String key = node.newKey("free");
        String banned = node.newKey("free");
        node.history.put(node.caller(key), new AccountState(998, Optional.empty()));
        node.history.put(
                node.caller(banned),
                new AccountState(0, Optional.of(new Ban(BanLevel.PERMANENT, "for good", 1, OptionalLong.empty()))));
        try (GuardedApplication shop = guard()) {
            assertThat(shop.status("/", key)).isEqualTo(200);
            assertThat(shop.status("/", key)).isEqualTo(200);
            assertThat(shop.get("/", key).body()).contains("QUOTA_EXCEEDED");
            assertThat(shop.get("/", banned).body()).contains("for good");
            assertThat(shop.status("/", banned)).isEqualTo(403);
        }
    }

    @Test
    void usageIsMeteredUnderTheContextPathAndAsTheApplicationSays() throws Exception {
        node.open();
        String key = node.newKey("free");
        String id = node.keys.get(ApiKeyToken.hash(key)).key().id();
        Map<String, String> settings = Map.of(
                "tollgate.redis.url",
                redis.url(),
                "tollgate.redis.budget",
                "1s",
                "tollgate.redis.seal",
                NodeWithDatabase.SEAL);
        try (GuardedApplication shop = new GuardedApplication(settings, request -> {
            if (request.getPathInfo().equals("/said")) {
                request.setAttribute("tollgate.provider", "archive");
                request.setAttribute("tollgate.file.size", 12L);
                request.setAttribute("tollgate.file.type", "image/png");
            }
        })) {
            assertThat(shop.status("/plain", key)).isEqualTo(200);
            assertThat(shop.status("/said", key)).isEqualTo(200);
        }
        redis(wire -> {
            assertThat(wire.send("HGET", "metrics:provider:{" + id + "}:shop", "total_requests"))
                    .isEqualTo("1");
            assertThat(wire.send("HGET", "metrics:provider:{" + id + "}:archive", "total_file_size"))
                    .isEqualTo("12");
        });
    }

    @Test
    void costThatTheApplicationNamesIsChargedWhenTheRequestIsOverAndIsNoViolation() throws Exception {
        Map<String, String> settings = Map.of(
                "tollgate.redis.url",
                redis.url(),
                "tollgate.redis.budget",
                "1s",
                "tollgate.redis.seal",
                NodeWithDatabase.SEAL);
        try (GuardedApplication shop = new GuardedApplication(
                settings,
                request -> request.setAttribute(
                        "tollgate.cost", request.getPathInfo().equals("/dear") ? 1_000 : 3))) {
            assertThat(shop.status("/", null)).isEqualTo(200);
            assertThat(shop.get("/dear", null).headers().firstValue("RateLimit").orElse(""))
                    .contains("r=6");
            redis(wire ->
                    assertThat(wire.send("EXISTS", "violations:{ip:127.0.0.1}")).isEqualTo(0L));
            assertThat(shop.get("/", null).body()).contains("RATE_LIMIT_EXCEEDED");
        }
    }

    @Test
    void aCredentialThatIsNoTollgateKeyIsLeftToTheApplication() throws Exception {
        try (GuardedApplication shop = guard()) {
            assertThat(shop.status("/", "the shop's own key")).isEqualTo(200);
            assertThat(shop.status("/", "tg_not")).isEqualTo(401);
        }
    }

    @Test
    void theApplicationGetsTheCaller() throws Exception {
        node.open();
        String key = node.newKey("free");
        Map<String, Object> told = new TreeMap<>();
        Map<String, String> settings = Map.of(
                "tollgate.redis.url",
                redis.url(),
                "tollgate.redis.budget",
                "1s",
                "tollgate.redis.seal",
                NodeWithDatabase.SEAL);
        try (GuardedApplication shop = new GuardedApplication(settings, request -> {
            for (String name : new String[] {"tollgate.caller", "tollgate.tier", "tollgate.key.id"}) {
                told.put(name, String.valueOf(request.getAttribute(name)));
            }
        })) {
            shop.status("/", key);
            assertThat(told)
                    .containsEntry("tollgate.caller", node.caller(key).id())
                    .containsEntry("tollgate.tier", "free")
                    .containsEntry(
                            "tollgate.key.id",
                            node.keys.get(ApiKeyToken.hash(key)).key().id());
            shop.status("/", null);
            assertThat(told)
                    .containsEntry("tollgate.caller", "ip:127.0.0.1")
                    .containsEntry("tollgate.tier", "anonymous")
                    .containsEntry("tollgate.key.id", "null");
        }
    }

    @Test
    void pathsThatCouldBeReadInTwoWaysAreRefusedOnlyWherePoliciesGoByPath() throws Exception {
        try (GuardedApplication shop = guard()) {
            assertThat(shop.status("/a%255Cb", null)).isEqualTo(200);
        }
    }
}
