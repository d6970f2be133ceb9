package dev.tollgate.ops.jmx;

import java.util.SortedMap;

/** The MXBean of this node's decisions, {@code dev.tollgate:type=Gate}. */
public interface GateMXBean {

    /** Returns {@code CLOSED}: Redis decides; {@code OPEN}: the failure mode applies; {@code HALF_OPEN}: a probe is in flight. */
    String getBreaker();

    /** Returns the requests decided since the start, by outcome. */
    SortedMap<String, Long> getDecisions();

    /** Returns the number of requests that Redis did not decide in time. */
    long getUndecidedRequests();

    /** Returns the number of requests that were admitted from a lease, without a round trip to Redis. */
    long getLeaseDecisions();

    /** Returns the number of cost units that this node may still admit from its leases. */
    long getLeaseUnitsHeld();

    /** Returns the limits by tier, such as {@code window=10/60s month=1000}. */
    SortedMap<String, String> getLimits();

    /** Returns the number of cached API keys. */
    long getKeysRemembered();

    /** Returns the number of cached bans. */
    long getBansRemembered();

    /** Returns the number of active bans in PostgreSQL, at most five seconds old; -1 if it is unavailable. */
    long getBans();
}
