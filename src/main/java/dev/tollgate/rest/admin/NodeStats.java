package dev.tollgate.rest.admin;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * A node's counts and gauges, to be read every second. Counts begin at the node's start, so the difference of two readings is a
 * rate. Reading takes neither Redis nor PostgreSQL.
 *
 * @param at when
 * @param decisions requests decided, by outcome: {@code admitted}, {@code rate_limited}, {@code quota_exceeded},
 *     {@code cost_exceeds_limit}, {@code banned}, {@code passed} and {@code unavailable} (undecided; passed or refused by the
 *     failure mode)
 * @param bansApplied bans the gate applied, by level
 * @param breaker {@code closed}, {@code open} or {@code half_open}
 * @param undecided requests that the failure mode answered, since Redis did not decide
 * @param latency round trips of the last minute, by purpose
 * @param batches batches sent to Redis
 * @param flights deprecated, the same number as {@code batches}
 * @param calls calls in these batches
 * @param recorded requests metered
 * @param waiting metered requests still in this node's memory
 * @param dropped metered requests and audit events given up at a bound
 * @param settled requests this node settled
 * @param settlementMillis how long its last settlement took
 * @param lagSeconds how long the usage that waits longest has waited in Redis; empty if Redis does not say
 * @param unsettledKeys keys with usage that waits in Redis; empty if Redis does not say
 * @param redisMemoryBytes memory Redis uses; empty if Redis does not say
 * @param redisCommandsPerSecond commands Redis runs of late; empty if Redis does not say
 */
public record NodeStats(
        Instant at,
        Map<String, Long> decisions,
        Map<String, Long> bansApplied,
        String breaker,
        long undecided,
        List<PurposeLatency> latency,
        long batches,
        long flights,
        long calls,
        long recorded,
        long waiting,
        long dropped,
        long settled,
        long settlementMillis,
        OptionalDouble lagSeconds,
        OptionalLong unsettledKeys,
        OptionalLong redisMemoryBytes,
        OptionalLong redisCommandsPerSecond) {

    /**
     * Round trips to Redis of the last minute.
     *
     * @param purpose {@code gate}, {@code recording}, {@code settlement}, {@code reports}, {@code keys}, {@code edits},
     *     {@code watch}
     * @param roundTrips how many
     * @param p50Micros half took no longer, in microseconds; 0 for none
     * @param p99Micros 99 % took no longer
     * @param maxMicros the longest
     */
    public record PurposeLatency(String purpose, long roundTrips, long p50Micros, long p99Micros, long maxMicros) {}

    /** A source of the numbers. */
    @FunctionalInterface
    public interface Source {

        /** Reads the numbers; never blocks. */
        NodeStats read();
    }
}
