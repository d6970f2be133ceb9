package dev.tollgate.core.limit;

import java.util.Objects;
import java.util.OptionalLong;

/**
 * A class of accounts with the same limits: the size of the sliding window and the monthly quota.
 *
 * @param name the tier's name, e.g. {@code free}
 * @param windowLimit requests (or cost units) per 60 s; empty means unlimited
 * @param monthlyQuota requests (or cost units) per calendar month in UTC; empty means unlimited
 */
public record Tier(String name, OptionalLong windowLimit, OptionalLong monthlyQuota) {

    /** The tier that callers without a key get. */
    public static final String ANONYMOUS = "anonymous";

    /**
     * The largest limit a tier may carry: above it a window's counts would not be exact in the script's arithmetic and a
     * number this large means "unlimited" anyway.
     */
    public static final long MAX_LIMIT = 1_000_000_000_000L;

    /**
     * @throws IllegalArgumentException if a limit is negative or above {@link #MAX_LIMIT}
     */
    public Tier {
        Objects.requireNonNull(name, "name");
        check("windowLimit", windowLimit);
        check("monthlyQuota", monthlyQuota);
    }

    private static void check(String what, OptionalLong limit) {
        if (limit.isPresent() && (limit.getAsLong() < 0 || limit.getAsLong() > MAX_LIMIT)) {
            throw new IllegalArgumentException(
                    what + " must be between 0 and " + MAX_LIMIT + ", or null for unlimited");
        }
    }
}
