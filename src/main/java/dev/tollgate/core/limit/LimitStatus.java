package dev.tollgate.core.limit;

/**
 * The state of one policy for a caller after a decision.
 *
 * @param name the policy's name, e.g. {@code minute} or {@code month}
 * @param quota its size in cost units
 * @param windowSeconds its length in seconds
 * @param remaining cost units left, never negative
 * @param resetMillis milliseconds from the decision until units come back (a refused request: until it would fit), never
 *     negative
 */
public record LimitStatus(String name, long quota, long windowSeconds, long remaining, long resetMillis) {

    /** The name of the monthly quota's policy. */
    public static final String MONTH = "month";

    /**
     * Returns the state after some time, with more units left than were said to remain, at most all of them.
     *
     * @param units units that are charged but not used
     * @param elapsedMillis milliseconds since the decision
     */
    public LimitStatus later(long units, long elapsedMillis) {
        return new LimitStatus(
                name,
                quota,
                windowSeconds,
                Math.min(quota, remaining + units),
                Math.max(0, resetMillis - elapsedMillis));
    }

    /** Returns seconds until units come back, rounded up. */
    public long resetSeconds() {
        return (resetMillis + 999) / 1000;
    }
}
