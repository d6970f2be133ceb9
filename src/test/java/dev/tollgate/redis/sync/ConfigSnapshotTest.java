package dev.tollgate.redis.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.config.Settings;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.BanRepository.BannedCaller;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.fixture.redis.RedisWire;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisConnection;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.seal.Sealing;
import dev.tollgate.redis.sync.ConfigSnapshot.Content;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.redisson.api.RedissonClient;

class ConfigSnapshotTest {

    private static Content tier(long limit) {
        return new Content(
                List.of(new Tier("free", OptionalLong.of(limit), OptionalLong.empty())), Map.of(), List.of());
    }

    @Test
    void whatIsWrittenIsReadBack() {
        Content lists = new Content(
                List.of(
                        new Tier("free", OptionalLong.of(10), OptionalLong.of(0)),
                        new Tier("all", OptionalLong.empty(), OptionalLong.empty()),
                        new Tier(
                                "many",
                                List.of(WindowPolicy.ofTier("second", 5, 1), WindowPolicy.minute(9)),
                                OptionalLong.empty()),
                        new Tier("long", List.of(WindowPolicy.ofTier("day", 5, 86_400)), OptionalLong.of(7))),
                Map.of("search", true, "assets", false),
                List.of(
                        new BannedCaller(
                                Caller.address("192.0.2.1"),
                                new Ban(BanLevel.PERMANENT, "a reason with blanks", 5, OptionalLong.empty())),
                        new BannedCaller(
                                Caller.address("2001:db8::/64"),
                                new Ban(BanLevel.PERMANENT, "", 6, OptionalLong.empty()))));
        assertThat(ConfigSnapshot.read(ConfigSnapshot.write(lists))).isEqualTo(lists);
    }

    @Test
    void aSnapshotReadBeforeAnEditCannotReplaceOneReadAfterIt() throws Exception {
        try (RealRedis redis = RealRedis.start()) {
            RedissonClient client = RedisConnection.open(Settings.of(Map.of("tollgate.redis.url", redis.url())));
            try {
                ConfigSnapshot snapshot = new ConfigSnapshot(
                        new ScriptBatcher(client, 2, 128, 1_000, Duration.ofSeconds(5)),
                        new RedisKeys(""),
                        Sealing.ofThisProcess());
                assertThat(snapshot.read()).isEmpty();
                snapshot.write(() -> {
                    try {
                        snapshot.write(() -> tier(20));
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                    return tier(10);
                });
                assertThat(snapshot.read()).contains(tier(20));
                snapshot.write(() -> {
                    client.getKeys().flushall();
                    return tier(30);
                });
                assertThat(snapshot.read()).isEmpty();
                snapshot.write(() -> tier(40));
                assertThat(snapshot.read()).contains(tier(40));
            } finally {
                client.shutdown();
            }
        }
    }

    @Test
    void snapshotsOfAnotherSecretOrOlderThanTheLastAreRefused() throws Exception {
        try (RealRedis redis = RealRedis.start();
                RedisWire wire = new RedisWire(redis.port())) {
            Settings settings = Settings.of(Map.of(
                    "tollgate.redis.url", redis.url(), "tollgate.redis.seal", "0123456789abcdef0123456789abcdef"));
            RedissonClient client = RedisConnection.open(settings);
            AtomicLong now = new AtomicLong(1_000_000_000);
            try {
                ScriptBatcher batcher = new ScriptBatcher(client, 2, 128, 1_000, Duration.ofSeconds(5));
                ConfigSnapshot snapshot =
                        new ConfigSnapshot(batcher, new RedisKeys(""), Sealing.of(settings, now::get));
                snapshot.write(() -> tier(10));
                String old = (String) wire.send("HGET", "shared", "text");
                now.addAndGet(10_001);
                snapshot.write(() -> tier(20));
                assertThat(snapshot.read()).contains(tier(20));
                wire.send("HSET", "shared", "text", old);
                assertThat(snapshot.read()).as("brought back").isEmpty();
                wire.send("HSET", "shared", "text", old.substring(0, old.lastIndexOf('\n') + 1));
                assertThat(snapshot.read()).as("unsealed").isEmpty();
                new ConfigSnapshot(batcher, new RedisKeys(""), Sealing.ofThisProcess()).write(() -> tier(30));
                assertThat(snapshot.read()).as("another's").isEmpty();
                wire.send("HSET", "shared", "written", "99999999");
                snapshot.write(() -> tier(40));
                assertThat(snapshot.read()).contains(tier(40));
                wire.send("SET", "shared", "no hash");
                snapshot.write(() -> tier(50));
                assertThat(snapshot.read()).contains(tier(50));
                assertThat(ConfigSnapshot.read((String) wire.send("HGET", "shared", "text")))
                        .as("as the previous release reads it")
                        .isEqualTo(tier(50));
            } finally {
                client.shutdown();
            }
        }
    }
}
