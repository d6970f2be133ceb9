package dev.tollgate.config;

/** What answers a request when Redis cannot. */
public enum FailureMode {
    /** Let it pass; bans known to this node still hold. */
    OPEN,
    /** Decide on a window of the same size in this node's memory. */
    LOCAL,
    /** Answer 503. */
    CLOSED
}
