/**
 * Pending usage in Redis: recordings, the settlement's claims, posted events, cached reports and traffic.
 *
 * <p>Begin with {@link dev.tollgate.redis.usage.RedisPendingUsage}, then read {@code redis/usage/pending.lua} and
 * {@code claim.lua}. Known limitations: usage expires after seven days without a settlement or a renewal. Counts of files and
 * bytes stop growing at 2^53 - 1.
 */
@NullMarked
package dev.tollgate.redis.usage;

import org.jspecify.annotations.NullMarked;
