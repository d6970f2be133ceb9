package dev.tollgate.redis;

import dev.tollgate.account.ApiKey;
import dev.tollgate.account.KnownKey;
import dev.tollgate.limit.BanLevel;
import dev.tollgate.limit.Caller;
import dev.tollgate.usage.ClaimedUsage;
import dev.tollgate.usage.KeyUsage;
import dev.tollgate.usage.PostedEvent;
import dev.tollgate.usage.Recording;
import dev.tollgate.usage.UsageEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

/** Once through all that a node does in Redis. */
final class NodeChores {

    private NodeChores() {}

    static void all(RedissonClient client, String prefix) throws Exception {
        Decisions node = new Decisions(client, prefix);
        client.getBucket(node.keys.edition(), StringCodec.INSTANCE).isExists();
        decide(node);
        meter(node);
        cache(client, node);
        edit(client, node);
        new RedisServer(node.flights, node.keys, Duration.ofSeconds(1)).info();
    }

    private static void decide(Decisions node) throws Exception {
        for (int i = 0; i < 20; i++) {
            node.decide("banned", 3);
        }
        Caller caller = Caller.account("banned");
        node.gate.lift(caller).toCompletableFuture().get(1, TimeUnit.SECONDS);
        node.gate
                .ban(caller, BanLevel.PERMANENT, "by hand")
                .toCompletableFuture()
                .get(1, TimeUnit.SECONDS);
    }

    private static void meter(Decisions node) throws Exception {
        UsageEvent event = new UsageEvent("k", "s3", Decisions.TODAY, true, 1, 5, "image/png", 1);
        Recording recording = new Recording("k", "node", 1, KeyUsage.of(event).providerDays());
        node.pending.record(List.of(recording)).toCompletableFuture().get(1, TimeUnit.SECONDS);
        new RedisPostedUsage(
                        node.flights,
                        node.keys,
                        false,
                        new RedisPostedUsage.Bounds(1_000, 10_000, Set.of()),
                        Duration.ofSeconds(1))
                .take("account", "k", List.of(new PostedEvent("id", event)))
                .toCompletableFuture()
                .get(1, TimeUnit.SECONDS);
        node.pending.changedKeys(0, 10);
        node.pending.renew(List.of("k"));
        List<ClaimedUsage> claims = node.pending.claim(List.of("k"), 1).claims();
        node.pending.ledgers(List.of("k"));
        node.pending.acknowledge(claims);
        node.pending.claim(List.of("k"), 2);
    }

    private static void cache(RedissonClient client, Decisions node) throws Exception {
        RedisKeyCache cache = new RedisKeyCache(client, node.keys, Sealing.ofThisProcess(), () -> true);
        ApiKey key = new ApiKey("id", "account", "", "tg_12345", true, Instant.EPOCH, null, OptionalLong.empty());
        cache.fill("hash", new KnownKey(key, "pro"), 1).toCompletableFuture().get(1, TimeUnit.SECONDS);
        cache.find("hash").toCompletableFuture().get(1, TimeUnit.SECONDS);
    }

    private static void edit(RedissonClient client, Decisions node) throws Exception {
        client.getTopic(node.keys.changes(), StringCodec.INSTANCE).addListener(String.class, (channel, message) -> {});
        node.flights
                .call(Script.load("change"), List.of(node.keys.edition()), node.keys.changes(), "tiers -")
                .get(1, TimeUnit.SECONDS);
    }
}
