package dev.tollgate.bench.redis;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.redisson.api.RBatch;
import org.redisson.api.RScoredSortedSetAsync;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

/**
 * The design that Tollgate replaces: seven commands per request in one {@code RBatch} (tier, quota, both bans, ZADD, EXPIRE,
 * and the entries of the window), with the decision in the client.
 */
public final class ReportPipeline {

    private static final long MINUTE = 60_000;

    private final RedissonClient client;
    private final String name;

    public ReportPipeline(RedissonClient client, String name) {
        this.client = client;
        this.name = name;
    }

    /** Fills each caller's window with that many entries of the last seconds. */
    public void fill(int callers, int entries) {
        for (int caller = 0; caller < callers; caller += 50) {
            RBatch batch = client.createBatch();
            for (int i = caller; i < Math.min(callers, caller + 50); i++) {
                var window = batch.<String>getScoredSortedSet(window(i), StringCodec.INSTANCE);
                window.deleteAsync();
                long now = System.currentTimeMillis();
                for (int e = 0; e < entries; e++) {
                    window.addAsync(now - e, Long.toString(now - e));
                }
            }
            batch.execute();
        }
    }

    private String window(int caller) {
        return name + ":requests:" + caller;
    }

    /** Sends one request, and returns the number of requests in its window. */
    public int check(int caller) {
        long now = System.currentTimeMillis();
        RBatch batch = client.createBatch();
        batch.<String>getBucket(name + ":tier:" + caller, StringCodec.INSTANCE).getAsync();
        batch.<String>getBucket(name + ":quota:" + caller + ":2026-11", StringCodec.INSTANCE)
                .getAsync();
        batch.<String>getBucket(name + ":ban:" + caller, StringCodec.INSTANCE).getAsync();
        batch.<String>getBucket(name + ":perm_ban:" + caller, StringCodec.INSTANCE)
                .getAsync();
        RScoredSortedSetAsync<String> window = batch.getScoredSortedSet(window(caller), StringCodec.INSTANCE);
        window.addAsync(now, Long.toString(now));
        window.expireAsync(Duration.ofMinutes(1));
        window.valueRangeAsync(now - MINUTE, true, now, true);
        List<?> replies = batch.execute().getResponses();
        int current = ((Collection<?>) replies.get(6)).size();
        if (replies.get(2) != null || replies.get(3) != null || current > 1_000_000) {
            throw new IllegalStateException("refused");
        }
        return current;
    }
}
