package dev.tollgate.core.limit;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The length of a ban.
 *
 * @param label what answers and audit rows call it, e.g. {@code 5_MIN}, {@code 1_DAY}, {@code PERMANENT}
 * @param durationMillis its length in milliseconds; 0 means permanent
 */
public record BanLevel(String label, long durationMillis) {

    /** A ban without an end. */
    public static final BanLevel PERMANENT = new BanLevel("PERMANENT", 0);

    /** The longest ban by an administrator that is not permanent, in days. */
    public static final int MAX_DAYS = 3_660;

    private static final Pattern LABEL = Pattern.compile("([0-9]{1,9})_(SEC|MIN|HOUR|DAY)");

    /** Returns a ban that ends by itself; its label is the duration in the largest unit that divides it, e.g. {@code 90_MIN}. */
    public static BanLevel lasting(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds < 1 || !duration.equals(Duration.ofSeconds(seconds))) {
            throw new IllegalArgumentException("a ban lasts whole seconds, at least one");
        }
        return new BanLevel(label(seconds), duration.toMillis());
    }

    /**
     * Reads a label, e.g. {@code 5_MIN}, {@code 1_DAY} or {@code PERMANENT}.
     *
     * @return the level; empty if the text is no label or its ban would last longer than {@link #MAX_DAYS} days
     */
    public static Optional<BanLevel> parse(String label) {
        if (label.equals(PERMANENT.label)) {
            return Optional.of(PERMANENT);
        }
        Matcher matcher = LABEL.matcher(label);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long amount = Long.parseLong(matcher.group(1));
        Duration duration =
                switch (matcher.group(2)) {
                    case "SEC" -> Duration.ofSeconds(amount);
                    case "MIN" -> Duration.ofMinutes(amount);
                    case "HOUR" -> Duration.ofHours(amount);
                    default -> Duration.ofDays(amount);
                };
        return duration.isZero() || duration.toSeconds() > MAX_DAYS * 86_400L
                ? Optional.empty()
                : Optional.of(lasting(duration));
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

    /** Returns whether this ban has no end. */
    public boolean isPermanent() {
        return durationMillis == 0;
    }

    /** Returns whether this level outlasts the other: only then may it replace it. */
    public boolean outranks(BanLevel other) {
        return !other.isPermanent() && (isPermanent() || durationMillis > other.durationMillis);
    }
}
