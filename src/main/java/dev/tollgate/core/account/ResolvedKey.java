package dev.tollgate.core.account;

/**
 * A resolved API key: the key and the tier of its account.
 *
 * @param key the key, which may be revoked or expired
 * @param tier the name of its account's tier
 */
public record ResolvedKey(ApiKey key, String tier) {}
