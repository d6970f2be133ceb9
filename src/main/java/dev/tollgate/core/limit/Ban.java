package dev.tollgate.core.limit;

import java.util.OptionalLong;

/**
 * A ban in force on a caller.
 *
 * @param level its level
 * @param reason why, for the caller and the operator; one line, at most {@value #MAX_REASON} characters
 * @param bannedAt when it began, milliseconds since the epoch
 * @param expiresAt when it ends, milliseconds since the epoch; empty for a permanent ban
 */
public record Ban(BanLevel level, String reason, long bannedAt, OptionalLong expiresAt) {

    /** The longest reason kept; longer ones are cut. */
    public static final int MAX_REASON = 200;

    public Ban {
        reason = reason.replaceAll("\\p{Cntrl}", " ").strip();
        if (reason.length() > MAX_REASON) {
            reason = reason.substring(0, MAX_REASON);
        }
        if (level.isPermanent() == expiresAt.isPresent()) {
            throw new IllegalArgumentException("exactly the bans that are not permanent expire");
        }
    }

    /** Returns a ban of the given level that begins now. */
    public static Ban starting(BanLevel level, String reason, long nowMillis) {
        return new Ban(
                level,
                reason,
                nowMillis,
                level.isPermanent() ? OptionalLong.empty() : OptionalLong.of(nowMillis + level.durationMillis()));
    }

    /** Returns whether the ban still holds at the given instant. */
    public boolean holdsAt(long nowMillis) {
        return expiresAt.isEmpty() || nowMillis < expiresAt.getAsLong();
    }

    /** Returns whether this ban ends after the other, or never while the other does: only then may it replace it. */
    public boolean outlasts(Ban other) {
        return other.expiresAt.isPresent()
                && (expiresAt.isEmpty() || expiresAt.getAsLong() > other.expiresAt.getAsLong());
    }

    /** Returns the seconds until the ban ends, rounded up so that a caller does not come back too early; 0 if permanent. */
    public long remainingSeconds(long nowMillis) {
        return expiresAt.isEmpty() ? 0 : Math.max(1, (expiresAt.getAsLong() - nowMillis + 999) / 1000);
    }
}
