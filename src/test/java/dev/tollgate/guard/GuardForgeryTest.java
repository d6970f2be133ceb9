package dev.tollgate.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.redis.RedisWire;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Tests that nothing which another client writes to Redis or publishes there changes what a guard decides. */
class GuardForgeryTest extends ServerGuardCase {

    private static String forgedKey(RedisWire wire) {
        ApiKeyToken token = ApiKeyToken.generate();
        wire.send("SET", "apikey:{" + token.hash() + "}", "id account 1 - - " + token.prefix());
        wire.send("SET", "tier:{account}", "enterprise");
        return token.reveal();
    }

    @Test
    void aGuardWithoutASecretKnowsNoKeysAndLimitsCallersWithoutOne() throws Exception {
        node.open();
        String key = node.newKey("free");
        try (GuardedApplication shop = new GuardedApplication(
                Map.of("tollgate.redis.url", redis.url(), "tollgate.redis.budget", "1s"), request -> {})) {
            assertThat(shop.status("/", key)).isEqualTo(503);
            redis(wire -> assertThat(statusOf(shop, forgedKey(wire))).isEqualTo(503));
            for (int i = 0; i < 10; i++) {
                assertThat(shop.status("/", null)).isEqualTo(200);
            }
            assertThat(shop.status("/", null)).isEqualTo(429);
        }
    }

    @Test
    void aKeyWrittenToRedisByAnotherClientIsUnknown() throws Exception {
        node.open();
        try (GuardedApplication shop = guard()) {
            redis(wire -> assertThat(statusOf(shop, forgedKey(wire))).isEqualTo(401));
        }
    }

    @Test
    void unsealedAnswersAndSnapshotsAreIgnored() throws Exception {
        redis(wire -> {
            wire.send("HSET", "shared", "ticket", "1", "written", "1", "text", "tier anonymous 1000000 -\n");
        });
        try (GuardedApplication shop = guard()) {
            ApiKeyToken token = ApiKeyToken.generate();
            CompletableFuture<Integer> asked = CompletableFuture.supplyAsync(() -> statusOf(shop, token.reveal()));
            redis(wire -> Ports.await("the guard's giving up", Duration.ofSeconds(10), () -> {
                for (Object channel : (List<?>) wire.send("PUBSUB", "CHANNELS", "answers:*")) {
                    for (int number = 1; number < 20; number++) {
                        wire.send(
                                "PUBLISH",
                                channel.toString(),
                                number + " enterprise id account 1 - - " + token.prefix());
                    }
                }
                return asked.isDone();
            }));
            assertThat(asked.join()).isEqualTo(503);
            assertThat(shop.get("/", null)
                            .headers()
                            .firstValue("RateLimit-Policy")
                            .orElse(""))
                    .contains("q=10;");
        }
    }

    @Test
    void forgedAndReplayedMessagesHaveNoEffect() throws Exception {
        node.open();
        String key = node.newKey("free");
        try (GuardedApplication shop = guard()) {
            awaitTiers(shop, key);
            int before = node.lookUps.get();
            redis(wire -> {
                for (String channel : new String[] {"changes", "changes:sealed"}) {
                    wire.send("PUBLISH", channel, "1 key " + ApiKeyToken.hash(key));
                    wire.send("PUBLISH", channel, "1 everything -");
                    wire.send("PUBLISH", channel, "");
                    wire.send("PUBLISH", channel, "ban");
                }
            });
            // Messages are applied in order, so once this change holds, the others have arrived.
            node.tiers.put("free", new Tier("free", OptionalLong.of(50), OptionalLong.empty()));
            node.changes.tiersChanged();
            Ports.await(
                    "the raised limit",
                    SOON,
                    () -> shop.get("/", key)
                            .headers()
                            .firstValue("RateLimit-Policy")
                            .orElse("")
                            .contains("q=50"));
            assertThat(node.lookUps.get()).isEqualTo(before);
        }
    }
}
