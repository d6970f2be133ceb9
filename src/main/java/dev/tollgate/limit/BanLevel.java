package dev.tollgate.limit;

import java.time.Duration;

/**
 * How long a ban lasts.
 *
 * @param label what answers and audit rows call it, e.g. {@code 5_MIN}, {@code 1_DAY}, {@code PERMANENT}
 * @param durationMillis its length in milliseconds; 0 means permanent
 */
public record BanLevel(String label, long durationMillis) {

    /** A ban without an end. */
    public static final BanLevel PERMANENT = new BanLevel("PERMANENT", 0);

    /** A ban that ends by itself; its label is the duration in the largest unit that divides it, e.g. {@code 90_MIN}. */
    public static BanLevel lasting(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds < 1 || !duration.equals(Duration.ofSeconds(seconds))) {
            throw new IllegalArgumentException("a ban lasts whole seconds, at least one");
        }
        return new BanLevel(label(seconds), duration.toMillis());
    }

    private static String label(long seconds) {
        if (seconds % 86_400 == 0) {
            return seconds / 86_400 + "_DAY";
        }
        if (seconds % 3_600 == 0) {
            return seconds / 3_600 + "_HOUR";
        }
        return seconds % 60 == 0 ? seconds / 60 + "_MIN" : seconds + "_SEC";
    }

    /** Whether this ban has no end. */
    public boolean isPermanent() {
        return durationMillis == 0;
    }

    /** Whether this level outlasts the other: only then may it replace it. */
    public boolean outranks(BanLevel other) {
        return !other.isPermanent() && (isPermanent() || durationMillis > other.durationMillis);
    }
}
