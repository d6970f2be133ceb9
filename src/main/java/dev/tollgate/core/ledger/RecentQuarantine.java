package dev.tollgate.core.ledger;

/**
 * The claims that any node quarantined within the last hour and that are still there.
 *
 * @param ofDeletedKeys of keys that were deleted, or never were: somebody's decision
 * @param ofOthers of keys that are there: a fault, which somebody has to look into
 */
public record RecentQuarantine(long ofDeletedKeys, long ofOthers) {

    /** None. */
    public static final RecentQuarantine NONE = new RecentQuarantine(0, 0);
}
