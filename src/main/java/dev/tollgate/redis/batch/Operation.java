package dev.tollgate.redis.batch;

import java.util.Locale;

/** The purpose of a script. Latencies are recorded by it, under the label {@code purpose}. */
public enum Operation {
    /** Deciding requests, restoring the state of accounts, manual bans. */
    GATE,
    /** Adding usage, traffic and violations. */
    RECORDING,
    /** Moving usage to PostgreSQL. */
    SETTLEMENT,
    /** Reading and caching reports, reading traffic and violations. */
    REPORTS,
    /** Reading and writing the shared cache of API keys. */
    KEYS,
    /** Messages between nodes: changes, configuration snapshots and the outboxes of guards. */
    EDITS,
    /** Reading the state of Redis itself. */
    WATCH;

    /** Returns the name in metrics and in the REST API. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
