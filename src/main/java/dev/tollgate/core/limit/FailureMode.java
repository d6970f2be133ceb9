package dev.tollgate.core.limit;

/** The treatment of requests while the shared store is unavailable. */
public enum FailureMode {
    /** Let pass; bans known to this node still hold. */
    OPEN,
    /** Decide by this node's memory, with windows of the same size. */
    LOCAL,
    /** Refuse with 503. */
    CLOSED
}
