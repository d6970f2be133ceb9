package dev.tollgate.bench.redis;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.BucketProxy;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.github.bucket4j.distributed.proxy.optimization.Optimizations;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.github.bucket4j.redis.redisson.Bucket4jRedisson;
import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.redisson.Redisson;
import org.redisson.api.RRateLimiter;
import org.redisson.api.RateType;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/**
 * The competitors, each configured as its documentation advises: bucket4j on one shared Lettuce connection and on Redisson with
 * its defaults, with expiry after the time of refilling; and Redisson's rate limiter, set once per key. Each has one limit of a
 * million a minute per caller, without quota and bans.
 */
public final class CompetitorBench implements AutoCloseable {

    private static final int LIMIT = 1_000_000;

    public final RedissonClient redisson;
    private final RedisClient lettuce;
    private final ProxyManager<String> onLettuce;
    private final ProxyManager<String> onRedisson;
    private final BucketConfiguration minute = BucketConfiguration.builder()
            .addLimit(limit -> limit.capacity(LIMIT).refillGreedy(LIMIT, Duration.ofMinutes(1)))
            .build();
    private final List<RRateLimiter> limiters = new ArrayList<>();

    public CompetitorBench(String url, int callers) {
        Config config = new Config();
        config.useSingleServer().setAddress(url);
        redisson = Redisson.create(config);
        ExpirationAfterWriteStrategy expiry =
                ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(Duration.ofSeconds(10));
        onRedisson = Bucket4jRedisson.casBasedBuilder(((Redisson) redisson).getCommandExecutor())
                .expirationAfterWrite(expiry)
                .build();
        lettuce = RedisClient.create(url);
        onLettuce = Bucket4jLettuce.casBasedBuilder(
                        lettuce.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE)))
                .expirationAfterWrite(expiry)
                .build();
        for (int i = 0; i < callers; i++) {
            RRateLimiter limiter = redisson.getRateLimiter("limiter:" + i);
            limiter.trySetRate(RateType.OVERALL, LIMIT, Duration.ofMinutes(1));
            limiters.add(limiter);
        }
    }

    public IntConsumer bucket4jOnLettuce() {
        return i ->
                admitted(onLettuce.builder().build("lettuce:" + i, () -> minute).tryConsume(1));
    }

    /**
     * The same with its optimization for buckets that many threads use at once: it sends what gathers during a trip to a bucket
     * with the next. The buckets are kept, since the optimization works within one.
     */
    public IntConsumer bucket4jOnLettuceBatching(int callers) {
        List<BucketProxy> buckets = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            buckets.add(onLettuce
                    .builder()
                    .withOptimization(Optimizations.batching())
                    .build("batching:" + i, () -> minute));
        }
        return i -> admitted(buckets.get(i).tryConsume(1));
    }

    public IntConsumer bucket4jOnRedisson() {
        return i -> admitted(
                onRedisson.builder().build("redisson:" + i, () -> minute).tryConsume(1));
    }

    public IntConsumer rateLimiter() {
        return i -> admitted(limiters.get(i).tryAcquire());
    }

    private static void admitted(boolean admitted) {
        if (!admitted) {
            throw new IllegalStateException("refused");
        }
    }

    @Override
    public void close() {
        lettuce.shutdown();
        redisson.shutdown();
    }
}
