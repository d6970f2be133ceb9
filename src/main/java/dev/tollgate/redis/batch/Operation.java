package dev.tollgate.redis.batch;

import java.util.Locale;

/** What a round trip to Redis is for. Latencies are recorded apart by it. */
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
    /** What nodes tell each other: edits, shared lists, and what guards hand over. */
    EDITS,
    /** Asking Redis about its state. */
    WATCH;

    /** As metrics and answers name it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
