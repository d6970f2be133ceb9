package dev.tollgate.redis.seal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.config.Settings;
import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.KeyCache.Cached;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.fixture.redis.RedisWire;
import dev.tollgate.redis.connection.RedisConnection;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.sync.RedisKeyCache;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisson.api.RedissonClient;

/** Tests the cache of API keys in a Redis that another client writes to. */
class SealedKeysTest {

    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final ResolvedKey KEY = new ResolvedKey(
            new ApiKey(
                    "id", "account", "", "tg_12345", true, Instant.EPOCH, Instant.ofEpochMilli(5), OptionalLong.of(7)),
            "pro");

    private static RealRedis redis;
    private static RedissonClient client;
    private static RedisWire wire;

    private final AtomicLong now = new AtomicLong(System.currentTimeMillis());
    private final RedisKeyCache cache = new RedisKeyCache(
            client,
            new RedisKeys("p:"),
            Sealing.of(Settings.of(Map.of("tollgate.redis.seal", SECRET)), now::get),
            () -> true);

    @BeforeAll
    static void start() {
        redis = RealRedis.start();
        client = RedisConnection.open(Settings.of(Map.of("tollgate.redis.url", redis.url())));
        wire = new RedisWire(redis.port());
    }

    @AfterAll
    static void stop() {
        wire.close();
        client.shutdown();
        redis.close();
    }

    @BeforeEach
    void clear() {
        wire.send("FLUSHALL");
    }

    private Optional<Cached> find(String hash) {
        return cache.find(hash).toCompletableFuture().join();
    }

    private void fill(long asOf) {
        cache.fill("h", KEY, asOf).toCompletableFuture().join();
    }

    private static String text(String hash) {
        return (String) wire.send("GET", "p:apikey:{" + hash + "}");
    }

    private static void put(String hash, String text) {
        wire.send("SET", "p:apikey:{" + hash + "}", text);
    }

    @Test
    void aFilledKeyIsFoundWithTierAndTimeAndThePreviousReleaseReadsItsFirstWords() {
        fill(now.get());
        assertThat(find("h")).contains(new Cached(KEY, now.get()));
        assertThat(text("h")).startsWith("id account 1 5 7 tg_12345 - v=2 pro ");
        assertThat(wire.send("GET", "p:tier:{account}")).isEqualTo("pro");
        assertThat((Long) wire.send("PTTL", "p:apikey:{h}")).isBetween(1L, 600_000L);
    }

    @Test
    void aForgedKeyAndATierBesideItAreAbsent() {
        put("h", "id account 1 - - tg_12345");
        wire.send("SET", "p:tier:{account}", "enterprise");
        assertThat(find("h")).isEmpty();
        fill(now.get());
        wire.send("SET", "p:tier:{account}", "enterprise");
        assertThat(find("h").orElseThrow().known().tier()).isEqualTo("pro");
    }

    @Test
    void anEntryUnderAnotherNameOrPrefixIsAbsent() {
        fill(now.get());
        put("another", text("h"));
        wire.send("SET", "apikey:{h}", text("h"));
        assertThat(find("another")).isEmpty();
        RedisKeyCache elsewhere = new RedisKeyCache(
                client,
                new RedisKeys(""),
                Sealing.of(Settings.of(Map.of("tollgate.redis.seal", SECRET)), now::get),
                () -> true);
        assertThat(elsewhere.find("h").toCompletableFuture().join()).isEmpty();
    }

    @Test
    void truncatedAndChangedEntriesAreAbsent() {
        fill(now.get());
        String good = text("h");
        for (int end = 1; end < good.length(); end++) {
            put("h", good.substring(0, end));
            assertThat(find("h")).as(good.substring(0, end)).isEmpty();
        }
        put("h", good.replace(" pro ", " enterprise "));
        assertThat(find("h")).isEmpty();
        put("h", good);
        assertThat(find("h")).isPresent();
    }

    @Test
    void anEntryOfARestoredDumpIsAbsent() {
        fill(now.get());
        now.addAndGet(10 * 60_000 + 10_001);
        assertThat(find("h")).isEmpty();
    }

    @Test
    void unsealedEntriesAreReplacedByTheNextFillAndNewerOnesStay() {
        put("h", "id account 1 - - tg_12345");
        fill(now.get());
        assertThat(find("h")).isPresent();
        wire.send("DEL", "p:apikey:{h}");
        wire.send("RPUSH", "p:apikey:{h}", "a list");
        fill(now.get());
        assertThat(find("h")).isPresent();
        fill(now.get() - 1_000);
        assertThat(find("h").orElseThrow().asOfMillis()).isEqualTo(now.get());
        cache.replace("h", Optional.empty(), now.get()).toCompletableFuture().join();
        fill(now.get() + 1);
        assertThat(find("h")).as("gone stays gone").isEmpty();
    }
}
