package dev.tollgate.redis.batch;

import java.util.Locale;

/** The purpose of a script. Latencies are recorded by it, under the label {@code purpose}. */
public enum Operation {
    /** Deciding requests, restoring the state of accounts, manual bans. */
    GATE("decisions about requests"),
    /** Adding usage, traffic and violations. */
    RECORDING("the recording of usage"),
    /** Moving usage to PostgreSQL. */
    SETTLEMENT("the settlement of usage"),
    /** Reading and caching reports, reading traffic and violations. */
    REPORTS("reports of usage, traffic and violations"),
    /** Reading and writing the shared cache of API keys. */
    KEYS("the cache of API keys in Redis"),
    /** Messages between nodes: changes, configuration snapshots and the outboxes of guards. */
    EDITS("edits on other nodes, and guards"),
    /** Reading the state of Redis itself. */
    WATCH("Redis's state in the console");

    private final String description;

    Operation(String description) {
        this.description = description;
    }

    /** Returns in words, for the log, what needs it. */
    public String description() {
        return description;
    }

    /** Returns the name in metrics and in the REST API. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
