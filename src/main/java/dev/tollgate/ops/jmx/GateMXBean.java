package dev.tollgate.ops.jmx;

import java.util.SortedMap;

/** The MXBean of this node's decisions, {@code dev.tollgate:type=Gate,context="/tollgate"}. */
@Description("Decisions of this node")
public interface GateMXBean {

    /** Returns {@code CLOSED}: Redis decides; {@code OPEN}: the failure mode applies; {@code HALF_OPEN}: a probe is in flight. */
    @Description(
            "State of the circuit breaker: CLOSED, Redis decides; OPEN, the failure mode answers; HALF_OPEN, a probe is in flight")
    String getBreaker();

    /** Returns the requests decided since the start, by outcome. */
    @Description("Requests decided since the start, by outcome")
    SortedMap<String, Long> getDecisions();

    /** Returns the number of requests that the failure mode answered, since Redis did not decide. */
    @Description(
            value = "Requests that the failure mode answered since the start, as Redis did not decide",
            unit = "requests")
    long getUndecidedRequests();

    /** Returns the number of requests that were admitted from a lease, without a round trip to Redis. */
    @Description(
            value = "Requests admitted from a lease since the start, without a round trip to Redis",
            unit = "requests")
    long getLeaseDecisions();

    /** Returns the number of cost units that this node may still admit from its leases. */
    @Description(value = "Cost units that this node may still admit from its leases", unit = "cost units")
    long getLeaseUnitsHeld();

    /** Returns the limits by tier, such as {@code window=10/60s month=1000}. */
    @Description("Limits by tier, such as window=10/60s month=1000: requests per window, requests per month")
    SortedMap<String, String> getLimits();

    /** Returns the number of cached API keys. */
    @Description(value = "API keys in the cache of this node", unit = "keys")
    long getKeysRemembered();

    /** Returns the number of cached bans. */
    @Description(value = "Active bans in the cache of this node", unit = "bans")
    long getBansRemembered();

    /** Returns the number of active bans in PostgreSQL, at most five seconds old; -1 if it is unavailable. */
    @Description(value = "Active bans in PostgreSQL, at most five seconds old; -1 if it is unavailable", unit = "bans")
    long getBans();
}
