package dev.tollgate.core.limit;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A class of accounts with the same limits: sliding windows and a monthly quota.
 *
 * @param name the tier's name, e.g. {@code free}
 * @param windows its windows, shortest first, at most {@value #MAX_WINDOWS}, no two of one name or one length; empty means
 *     that no window limits it. Made by {@link WindowPolicy#ofTier}
 * @param monthlyQuota requests (or cost units) per calendar month in UTC; empty means unlimited
 */
public record Tier(String name, List<WindowPolicy> windows, OptionalLong monthlyQuota) {

    /** The tier that callers without a key get. */
    public static final String ANONYMOUS = "anonymous";

    /** The most windows of a tier. */
    public static final int MAX_WINDOWS = 4;

    /**
     * The largest limit a tier may carry: above it a window's counts would not be exact in the script's arithmetic and a
     * number this large means "unlimited" anyway.
     */
    public static final long MAX_LIMIT = 1_000_000_000_000L;

    /**
     * @throws IllegalArgumentException if a limit is negative or above {@link #MAX_LIMIT}, or if the windows contradict each
     *     other
     */
    public Tier {
        Objects.requireNonNull(name, "name");
        windows = ordered(windows);
        if (monthlyQuota.isPresent() && (monthlyQuota.getAsLong() < 0 || monthlyQuota.getAsLong() > MAX_LIMIT)) {
            throw new IllegalArgumentException(
                    "monthlyQuota must be between 0 and " + MAX_LIMIT + ", or null for unlimited");
        }
    }

    /**
     * A tier with one window of a minute, or with none.
     *
     * @param windowLimit requests (or cost units) per 60 s; empty means unlimited
     */
    public Tier(String name, OptionalLong windowLimit, OptionalLong monthlyQuota) {
        this(name, windowsOf(windowLimit), monthlyQuota);
    }

    /** Returns one window of a minute, or none where the limit is empty. */
    public static List<WindowPolicy> windowsOf(OptionalLong windowLimit) {
        return windowLimit.isEmpty() ? List.of() : List.of(WindowPolicy.minute(windowLimit.getAsLong()));
    }

    /**
     * Returns windows in their order, shortest first.
     *
     * @throws IllegalArgumentException if there are more than {@value #MAX_WINDOWS}, or two of one name or one length
     */
    public static List<WindowPolicy> ordered(List<WindowPolicy> windows) {
        if (windows.size() > MAX_WINDOWS) {
            throw new IllegalArgumentException("there may be at most " + MAX_WINDOWS + " windows");
        }
        Set<Object> seen = new HashSet<>();
        for (WindowPolicy window : windows) {
            if (!seen.add(window.name())) {
                throw new IllegalArgumentException("two windows have the name " + window.name());
            }
            if (!seen.add(window.windowMillis())) {
                throw new IllegalArgumentException("two windows last " + window.windowMillis() / 1_000 + " seconds");
            }
        }
        return windows.stream()
                .sorted(Comparator.comparingLong(WindowPolicy::windowMillis))
                .toList();
    }

    /** Returns the limit of the window of 60 s; empty if there is none. */
    public OptionalLong windowLimit() {
        return windows.stream()
                .filter(window -> window.windowMillis() == WindowPolicy.MINUTE_MILLIS)
                .mapToLong(WindowPolicy::limit)
                .findFirst();
    }
}
