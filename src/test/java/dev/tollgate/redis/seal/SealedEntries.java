package dev.tollgate.redis.seal;

import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.sync.RedisKeyCache;

/** Sealed entries as a node with a secret writes them, for tests without a node. */
public final class SealedEntries {

    private SealedEntries() {}

    /** Returns the entry of a key with the current time, under the name of its hash without a prefix. */
    public static String key(String secret, String hash, ApiKey key, String tier) {
        return new Seal(secret)
                .write(
                        new RedisKeys("").apiKey(hash),
                        RedisKeyCache.writeWithTier(new ResolvedKey(key, tier)),
                        System.currentTimeMillis());
    }
}
