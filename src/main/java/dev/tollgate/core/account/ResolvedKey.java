package dev.tollgate.core.account;

/**
 * What resolving a presented key gives: the key and its account's tier.
 *
 * @param key the key, which may be revoked or expired
 * @param tier the name of its account's tier
 */
public record ResolvedKey(ApiKey key, String tier) {}
