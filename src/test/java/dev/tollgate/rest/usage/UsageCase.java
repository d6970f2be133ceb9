package dev.tollgate.rest.usage;

import dev.tollgate.config.Settings;
import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.UsagePosting;
import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.PostedCounts;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisConnection;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.usage.RedisPendingUsage;
import dev.tollgate.redis.usage.RedisPostedUsage;
import dev.tollgate.rest.support.BodyReader;
import dev.tollgate.rest.support.InProcess;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.redisson.api.RedissonClient;

/** The resource for posted usage over a real Redis. */
abstract class UsageCase {

    static final String USAGE = "api/v1/usage";
    static final int IDS_PER_QUARTER = 1_500;
    static final int CELLS_PER_MINUTE = 1_100;
    static final String UNLIMITED = "unlimited";

    static RealRedis redis;
    static RedissonClient client;
    static RedisPendingUsage pending;
    static InProcess api;

    final String key = UUID.randomUUID().toString();

    static InProcess over(RedissonClient redisson) {
        return over(redisson, UsagePosting.ANY);
    }

    static InProcess over(RedissonClient redisson, UsagePosting posting) {
        ScriptBatcher batcher = new ScriptBatcher(redisson, 2, 64, 1_000, Duration.ofSeconds(2));
        return new InProcess(
                List.of(UsageResource.class),
                new BodyReader(InProcess.boundless()),
                posting,
                new PostedCounts(),
                new RedisPostedUsage(
                        batcher,
                        new RedisKeys(""),
                        false,
                        new RedisPostedUsage.Bounds(IDS_PER_QUARTER, CELLS_PER_MINUTE, Set.of(UNLIMITED)),
                        Duration.ofSeconds(2)));
    }

    @BeforeAll
    static void start() {
        redis = RealRedis.start();
        client = RedisConnection.open(Settings.of(Map.of("tollgate.redis.url", redis.url())));
        pending = new RedisPendingUsage(
                new ScriptBatcher(client, 2, 64, 1_000, Duration.ofSeconds(2)), new RedisKeys(""), false);
        api = over(client);
    }

    @AfterAll
    static void stop() {
        client.shutdown();
        redis.close();
    }

    @BeforeEach
    void asKey() {
        api.with(key("account-of-" + key, null));
    }

    ApiKey key(String account, Boolean postUsage) {
        return new ApiKey(key, account, "name", "tg_test0", true, Instant.EPOCH, null, OptionalLong.empty(), postUsage);
    }

    static InProcess.Answer post(String json) {
        return api.send("POST", USAGE, json.replace('\'', '"'));
    }

    static InProcess.Answer post(String contentType, String json) {
        return api.call(
                "POST",
                USAGE,
                Map.of("Content-Type", contentType),
                new ByteArrayInputStream(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
    }

    KeyUsage usage() {
        return pending.read(key).toCompletableFuture().join().pending();
    }

    static String batch(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> "{'id':'" + i + "','provider':'s3'}")
                .collect(Collectors.joining(",", "[", "]"));
    }
}
