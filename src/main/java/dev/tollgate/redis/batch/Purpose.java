package dev.tollgate.redis.batch;

import java.util.Locale;

/** What a trip to Redis is for: by this latencies are told apart. */
public enum Purpose {
    /** Deciding requests, and what belongs to it: restoring a history, bans by hand. */
    GATE,
    /** Adding usage. */
    RECORDING,
    /** Moving usage to PostgreSQL. */
    SETTLEMENT,
    /** Reading and caching reports. */
    REPORTS,
    /** Resolving API keys this node does not remember. */
    KEYS,
    /** Telling edits. */
    EDITS,
    /** Looking how Redis is. */
    WATCH;

    /** As metrics and answers name it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What a script is for, by its resource's name. */
    static Purpose of(String name) {
        return switch (name) {
            case "gate", "restore", "ban", "lift", "repair", "ban_seal" -> GATE;
            case "record", "events", "mark" -> RECORDING;
            case "analytics_look", "analytics_fill", "read" -> REPORTS;
            case "change", "ticket", "share", "shared" -> EDITS;
            case "info", "backlog", "slowlog" -> WATCH;
            default -> SETTLEMENT;
        };
    }
}
