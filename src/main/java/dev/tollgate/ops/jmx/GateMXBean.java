package dev.tollgate.ops.jmx;

import java.util.SortedMap;

/** Decisions of this node, {@code dev.tollgate:type=Gate}. */
public interface GateMXBean {

    /** {@code CLOSED}: Redis decides; {@code OPEN}: it is taken for dead, the failure mode answers; {@code HALF_OPEN}: a probe is out. */
    String getBreaker();

    /** Requests decided since the start, by outcome. */
    SortedMap<String, Long> getDecisions();

    /** Requests Redis did not decide in time. */
    long getUndecidedRequests();

    /** The limits in force by tier, such as {@code window=10/60s month=1000}. */
    SortedMap<String, String> getLimits();

    /** API keys this node remembers. */
    long getKeysRemembered();

    /** Bans this node remembers. */
    long getBansRemembered();

    /** Bans in force, as PostgreSQL has them, at most five seconds old; -1 if it cannot be asked. */
    long getBans();
}
