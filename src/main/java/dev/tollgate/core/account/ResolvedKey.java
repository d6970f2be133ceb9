package dev.tollgate.core.account;

import org.jspecify.annotations.Nullable;

/**
 * A resolved API key: the key, the tier of its account and what limits the account has instead.
 *
 * @param key the key, which may be revoked or expired
 * @param tier the name of its account's tier
 * @param override the account's own limits; null for none. It may have ended
 */
public record ResolvedKey(ApiKey key, String tier, @Nullable LimitOverride override) {

    /** A key whose account has its tier's limits. */
    public ResolvedKey(ApiKey key, String tier) {
        this(key, tier, null);
    }
}
