package dev.tollgate.redis.seal;

import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.sync.RedisKeyCache;

/** What a node with a secret would write to Redis, for tests that have no node. */
public final class SealedEntries {

    private SealedEntries() {}

    /** A key's entry as of now, under the name of its hash without a prefix. */
    public static String key(String secret, String hash, ApiKey key, String tier) {
        return new Seal(secret)
                .write(
                        new RedisKeys("").apiKey(hash),
                        RedisKeyCache.writeWithTier(new ResolvedKey(key, tier)),
                        System.currentTimeMillis());
    }
}
