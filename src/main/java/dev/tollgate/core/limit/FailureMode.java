package dev.tollgate.core.limit;

/** The treatment of requests while the shared store is unavailable. */
public enum FailureMode {
    /** Let pass; bans known to this node still hold. */
    OPEN("failure mode open lets requests pass"),
    /** Decide by this node's memory, with windows of the same size. */
    LOCAL("failure mode local limits requests by each node's memory"),
    /** Refuse with 503. */
    CLOSED("failure mode closed refuses requests with 503");

    private final String description;

    FailureMode(String description) {
        this.description = description;
    }

    /** Returns what the mode does, as a part of a sentence in the log. */
    public String description() {
        return description;
    }
}
