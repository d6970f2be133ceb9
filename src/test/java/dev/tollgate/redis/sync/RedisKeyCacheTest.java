package dev.tollgate.redis.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.config.Settings;
import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.KeyAccess;
import dev.tollgate.core.account.KeyCache;
import dev.tollgate.core.account.LimitOverride;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.account.Scopes;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.redis.connection.RedisConnection;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.seal.Sealing;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

/** Tests that a cached key keeps its permission to post usage and what it is restricted to. */
class RedisKeyCacheTest {

    private static final Sealing SEALING = Sealing.ofThisProcess();

    private static RealRedis redis;
    private static RedissonClient client;

    @BeforeAll
    static void start() {
        redis = RealRedis.start();
        client = RedisConnection.open(Settings.of(Map.of("tollgate.redis.url", redis.url())));
    }

    @AfterAll
    static void stop() {
        client.shutdown();
        redis.close();
    }

    private static RedisKeyCache cache() {
        return new RedisKeyCache(client, new RedisKeys(""), SEALING, () -> true);
    }

    private static ResolvedKey key(Boolean postUsage) {
        return new ResolvedKey(
                new ApiKey("id", "account", "", "tg_12345", true, Instant.EPOCH, null, OptionalLong.of(7), postUsage),
                "pro");
    }

    @ParameterizedTest
    @CsvSource({"true", "false", ","})
    void whetherUsageMayBePostedIsKept(Boolean postUsage) {
        String hash = "hash-" + postUsage;
        cache().fill(hash, key(postUsage), SEALING.now()).toCompletableFuture().join();
        assertThat(cache().find(hash).toCompletableFuture().join().map(KeyCache.Cached::known))
                .contains(key(postUsage));
    }

    @Test
    void limitsOfTheAccountAreKeptForNodesAndGuardsAndSkippedByThePreviousRelease() {
        LimitOverride override = new LimitOverride(
                List.of(WindowPolicy.ofTier("second", 5, 1), WindowPolicy.minute(70)),
                OptionalLong.empty(),
                Instant.ofEpochMilli(7),
                "");
        ResolvedKey own = new ResolvedKey(key(true).key(), "pro", override);
        cache().fill("own", own, SEALING.now()).toCompletableFuture().join();
        assertThat(cache().find("own").toCompletableFuture().join().map(KeyCache.Cached::known))
                .contains(own);
        assertThat(DirectoryProtocol.readKey(DirectoryProtocol.answer(Optional.of(own))))
                .contains(own);
        String[] words = RedisKeyCache.writeWithTier(own).split(" ");
        assertThat(words)
                .startsWith("id", "account", "1", "-", "7", "tg_12345", "1")
                .endsWith("pro");
    }

    @Test
    void aKeyWrittenByThePreviousReleaseIsReadFromTheDatabase() {
        client.<String>getBucket("tier:{account}", StringCodec.INSTANCE).set("pro");
        client.<String>getBucket("apikey:{old}", StringCodec.INSTANCE).set("id account 1 - 7 tg_12345");
        assertThat(cache().find("old").toCompletableFuture().join()).isEmpty();
    }

    @Test
    void whatThePreviousReleaseSealedLacksRestrictionsAndIsReplaced() {
        String name = "apikey:{beside}";
        client.<String>getBucket(name, StringCodec.INSTANCE)
                .set(SEALING.seal(name, "id account 1 - 7 tg_12345 1 pro", SEALING.now() + 1_000));
        assertThat(cache().find("beside").toCompletableFuture().join()).isEmpty();
        cache().fill("beside", key(true), SEALING.now()).toCompletableFuture().join();
        assertThat(cache().find("beside").toCompletableFuture().join().map(KeyCache.Cached::known))
                .contains(key(true));
    }

    @Test
    void aNodeOfThePreviousReleaseAnswersAGuardsQuestionAsItCan() {
        assertThat(DirectoryProtocol.readKey("pro id account 1 - 7 tg_12345")).contains(key(null));
    }

    private static ResolvedKey restricted() {
        KeyAccess.Retirement retirement =
                new KeyAccess.Retirement(Instant.ofEpochMilli(1_000), Instant.ofEpochMilli(2_000));
        KeyAccess access = new KeyAccess(
                Scopes.of(List.of("reports:read", "a.b")), List.of("192.0.2.0/24", "2001:db8::/32"), true, retirement);
        return new ResolvedKey(key(false).key().with(access), "pro");
    }

    @Test
    void whatAKeyIsRestrictedToIsKeptInRedisAndToldToGuards() {
        cache().fill("restricted", restricted(), SEALING.now())
                .toCompletableFuture()
                .join();
        assertThat(cache().find("restricted").toCompletableFuture().join().map(KeyCache.Cached::known))
                .contains(restricted());
        assertThat(DirectoryProtocol.readKey(DirectoryProtocol.answer(Optional.of(restricted()))))
                .contains(restricted());
        ResolvedKey free = key(null);
        assertThat(RedisKeyCache.writeWithTier(free)).isEqualTo("id account 1 - 7 tg_12345 - v=2 pro");
    }

    @Test
    void thePreviousReleaseReadsTheWordsItKnows() {
        String text = RedisKeyCache.writeWithTier(restricted());
        assertThat(text).startsWith("id account 1 - 7 tg_12345 0 ").endsWith(" pro");
        assertThat(text.substring(text.lastIndexOf(' ') + 1)).isEqualTo("pro");
    }

    @Test
    void aPrefixThatReadsLikeARestrictionIsNone() {
        assertThat(RedisKeyCache.read("id account 1 - 7 suspended=1 -").access())
                .isEqualTo(KeyAccess.FREE);
    }
}
