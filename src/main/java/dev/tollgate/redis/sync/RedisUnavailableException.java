package dev.tollgate.redis.sync;

import org.jspecify.annotations.Nullable;

/**
 * The failure of a message to or from other nodes because Redis did not do its part. Unchecked, since every caller is periodic
 * work that logs the failure and tries again.
 */
public final class RedisUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RedisUnavailableException(@Nullable Throwable cause) {
        super("Redis did not reply: " + cause, cause);
    }
}
