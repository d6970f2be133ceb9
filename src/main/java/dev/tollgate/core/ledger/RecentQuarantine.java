package dev.tollgate.core.ledger;

/**
 * The claims that any node quarantined within the last hour and that are still there.
 *
 * @param ofDeletedKeys of keys that were deleted or never existed, which an administrator decided
 * @param ofOthers of keys that exist: a fault that an operator has to examine
 */
public record RecentQuarantine(long ofDeletedKeys, long ofOthers) {

    /** None. */
    public static final RecentQuarantine NONE = new RecentQuarantine(0, 0);
}
