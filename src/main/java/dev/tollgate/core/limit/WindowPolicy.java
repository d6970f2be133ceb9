package dev.tollgate.core.limit;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

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

    /** The length of the window that {@code windowLimit} is the short form of. */
    public static final long MINUTE_MILLIS = 60_000;

    /** The name of the window of this length. */
    public static final String MINUTE = "minute";

    /** Names of Tollgate's own, which no window of a tier or route may have. A tier's window of 60 s is {@link #MINUTE}. */
    public static final Set<String> RESERVED_NAMES = Set.of(MINUTE, LimitStatus.MONTH, "key", "default", "other");

    private static final String TIER_SCOPE = "tier:";

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
        return new WindowPolicy(MINUTE, "", limit, MINUTE_MILLIS);
    }

    /**
     * Returns a window of a tier, or of one account. Its counter is known by its length alone, so it keeps its units when the
     * window is renamed or the account changes its tier.
     *
     * @throws IllegalArgumentException if a number is out of bounds
     */
    public static WindowPolicy ofTier(String name, long limit, long seconds) {
        long millis = Math.multiplyExact(seconds, 1_000L);
        return new WindowPolicy(name, millis == MINUTE_MILLIS ? "" : TIER_SCOPE + seconds, limit, millis);
    }

    /** Returns windows of a tier or account as one word, {@code NAME:LIMIT:SECONDS,...}; of no window an empty one. */
    public static String write(List<WindowPolicy> windows) {
        return windows.stream()
                .map(window -> window.name + ':' + window.limit + ':' + window.windowMillis / 1_000)
                .collect(Collectors.joining(","));
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalArgumentException if the text has another form
     */
    public static List<WindowPolicy> read(String text) {
        return text.isEmpty()
                ? List.of()
                : Arrays.stream(text.split(",", -1)).map(WindowPolicy::readOne).toList();
    }

    private static WindowPolicy readOne(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("not a window");
        }
        return ofTier(parts[0], Long.parseLong(parts[1]), Long.parseLong(parts[2]));
    }

    /** The same window under another name. */
    public WindowPolicy named(String other) {
        return new WindowPolicy(other, scope, limit, windowMillis);
    }

    /** Whether this is a window of the caller's tier or of the caller itself, and not of a route or key. */
    public boolean isOfTier() {
        return scope.isEmpty() || scope.startsWith(TIER_SCOPE);
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
