/**
 * Authentication of values in Redis by HMAC, so that write access to Redis alone gives no identity and no tier.
 *
 * <p>Begin with {@link dev.tollgate.redis.seal.Sealing}. Known limitations: values that only count (windows, counters, usage)
 * carry no seal, and an old value can be put back for as long as its seal lives.
 */
@NullMarked
package dev.tollgate.redis.seal;

import org.jspecify.annotations.NullMarked;
