package dev.tollgate.core.limit;

import java.util.Objects;

/**
 * One sliding window a request must fit into.
 *
 * @param name the policy's name in the {@code RateLimit} fields, e.g. {@code minute}
 * @param scope which counter it is: empty for the caller's own window, else what tells it from the caller's other
 *     windows, e.g. {@code route:reports}; becomes the end of a Redis key
 * @param limit cost units per window
 * @param windowMillis the window's length in milliseconds
 */
public record WindowPolicy(String name, String scope, long limit, long windowMillis) {

    /** The length of the window every tier's limit is stated for. */
    public static final long MINUTE_MILLIS = 60_000;

    public WindowPolicy {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(scope, "scope");
        if (limit < 0 || limit > Tier.MAX_LIMIT) {
            throw new IllegalArgumentException("limit must be between 0 and " + Tier.MAX_LIMIT);
        }
        if (windowMillis < 1_000 || windowMillis > 86_400_000) {
            throw new IllegalArgumentException("a window lasts between 1 second and 1 day");
        }
    }

    /** Returns the caller's own window of one minute. */
    public static WindowPolicy minute(long limit) {
        return new WindowPolicy("minute", "", limit, MINUTE_MILLIS);
    }

    /** Returns the window of one minute that an API key has for itself. */
    public static WindowPolicy ofKey(String keyId, long limit) {
        return new WindowPolicy("key", "key:" + keyId, limit, MINUTE_MILLIS);
    }

    /**
     * Returns the window of a route policy.
     *
     * @param name the window's name in the {@code RateLimit} fields
     * @param route the policy's name
     */
    public static WindowPolicy ofRoute(String name, String route, long limit, long windowMillis) {
        return new WindowPolicy(name, "route:" + route, limit, windowMillis);
    }
}
