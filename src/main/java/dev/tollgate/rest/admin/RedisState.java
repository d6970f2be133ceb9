package dev.tollgate.rest.admin;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The state of Redis and of this node's way to it.
 *
 * @param connected whether Redis answered just now
 * @param breaker {@code closed}: requests are decided by Redis; {@code open}: Redis is taken for dead and the failure mode
 *     answers; {@code half_open}: a probe is on its way
 * @param unanswered decisions since the node's start that Redis did not make
 * @param version the server's version; this and all below to {@code gate} null if it did not answer or may not tell
 * @param usedMemoryBytes memory in use
 * @param maxMemoryBytes its bound; 0 for none
 * @param connectedClients connections
 * @param opsPerSecond commands per second of late
 * @param uptimeSeconds since its start
 * @param gate batches of decisions
 * @param work batches of all other calls: usage, reports, settlement
 * @param latency round trips of the last minute, by what they were for
 * @param latencyState {@code normal} or {@code high}: more than one in a hundred decisions of the last minute waited longer than
 *     the threshold
 * @param latencyThresholdMillis that threshold, 0 for none
 * @param slowCommands Redis's own log of slow commands, newest first, as of half a minute ago at most; null if it may not tell
 * @param missingRights what Redis denies to Tollgate's user although Tollgate uses it, in words; empty as a rule
 * @param leases the leases on callers' limits that this node takes
 */
public record RedisState(
        boolean connected,
        String breaker,
        long unanswered,
        Optional<String> version,
        OptionalLong usedMemoryBytes,
        OptionalLong maxMemoryBytes,
        OptionalLong connectedClients,
        OptionalLong opsPerSecond,
        OptionalLong uptimeSeconds,
        Lane gate,
        Lane work,
        List<NodeStats.PurposeLatency> latency,
        String latencyState,
        long latencyThresholdMillis,
        Optional<List<SlowCommand>> slowCommands,
        List<String> missingRights,
        Leases leases) {

    /**
     * A command that Redis itself found slow.
     *
     * @param at when
     * @param micros how long it ran, without waiting
     * @param command its name; of one of Tollgate's scripts, the script's
     */
    public record SlowCommand(Instant at, long micros, String command) {}

    /**
     * The batches of one kind, in which calls go to Redis together.
     *
     * @param batches batches sent since the node's start
     * @param flights deprecated, the same number as {@code batches}
     * @param calls calls in these batches
     * @param roundTrips batches of the last minute, failed ones included
     * @param p50Micros the median of their durations in microseconds, without the time calls were queued; 0 for none
     * @param p99Micros the 99th percentile
     * @param maxMicros the longest
     * @param histogram the durations of these batches, shortest first
     * @param slow the latest batches that took ten milliseconds or more, newest first
     */
    public record Lane(
            long batches,
            long flights,
            long calls,
            long roundTrips,
            long p50Micros,
            long p99Micros,
            long maxMicros,
            List<Bucket> histogram,
            List<SlowBatch> slow) {}

    /**
     * A bucket of the histogram.
     *
     * @param upToMicros the upper bound in microseconds, a power of two
     * @param roundTrips batches that took longer than half of the bound, and no longer than the bound
     */
    public record Bucket(long upToMicros, long roundTrips) {}

    /**
     * A batch that took at least ten milliseconds.
     *
     * @param at when it ended
     * @param micros how long it took
     * @param calls the number of its calls
     * @param script the script of the first
     * @param failure the exception it failed with; null if it succeeded
     */
    public record SlowBatch(
            Instant at,
            long micros,
            int calls,
            String script,
            @Nullable String failure) {}

    /**
     * The leases that this node takes: units of callers charged in Redis ahead of need, from which it admits without a round trip.
     * Counts begin at the node's start.
     *
     * @param lengthMillis how long a lease lasts; 0 if the node takes none
     * @param callers callers for whom the node takes leases, roughly
     * @param unitsHeld cost units it may still admit from them
     * @param granted leases granted
     * @param unitsGranted cost units of these leases
     * @param unitsSpent cost units of closed leases that admitted a request
     * @param unitsReturned cost units of closed leases that were given back
     * @param refused requests for a lease that Redis refused, since too little remains or a ban is in force
     * @param failed requests for a lease without a reply
     * @param calls calls to Redis for leases and for reports of what became of them
     * @param decisions requests admitted from a lease, each of which needed no round trip
     */
    public record Leases(
            long lengthMillis,
            long callers,
            long unitsHeld,
            long granted,
            long unitsGranted,
            long unitsSpent,
            long unitsReturned,
            long refused,
            long failed,
            long calls,
            long decisions) {}

    /** A source of the state. */
    @FunctionalInterface
    public interface Source {

        /** Reads the state; waits half a second for Redis at most. */
        RedisState read();
    }
}
