package dev.tollgate.rest.admin;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How Redis and the way there are, as this node sees it.
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
 * @param gate flights with decisions
 * @param work flights with all else: usage, reports, settlement
 * @param latency round trips of the last minute, by what they were for
 * @param latencyState {@code normal} or {@code high}: more than one in a hundred decisions of the last minute waited longer than
 *     the threshold
 * @param latencyThresholdMillis that threshold, 0 for none
 * @param slowCommands Redis's own log of slow commands, newest first, as of half a minute ago at most; null if it may not tell
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
        Optional<List<SlowCommand>> slowCommands) {

    /**
     * A command that Redis itself found slow.
     *
     * @param at when
     * @param micros how long it ran, without waiting
     * @param command its name; of a script of ours, the script's
     */
    public record SlowCommand(Instant at, long micros, String command) {}

    /**
     * A line of flights: pipelines that calls share.
     *
     * @param flights flown since the node's start
     * @param calls carried by them
     * @param roundTrips flights of the last minute that landed, or were given up
     * @param p50Micros half of these took no longer, in microseconds from leaving to landing; 0 for none
     * @param p99Micros 99 % took no longer
     * @param maxMicros the longest
     * @param histogram these flights by how long they took, shortest first
     * @param slow the slowest of late, latest first
     */
    public record Lane(
            long flights,
            long calls,
            long roundTrips,
            long p50Micros,
            long p99Micros,
            long maxMicros,
            List<Bucket> histogram,
            List<SlowFlight> slow) {}

    /**
     * Flights that took about as long.
     *
     * @param upToMicros the longest at most, in microseconds: a power of two
     * @param roundTrips how many took longer than half of that
     */
    public record Bucket(long upToMicros, long roundTrips) {}

    /**
     * A flight that took at least ten milliseconds.
     *
     * @param at when it ended
     * @param micros how long it took
     * @param calls how many calls shared it
     * @param script the script of the first
     * @param failure why it failed; null if it did not
     */
    public record SlowFlight(Instant at, long micros, int calls, String script, String failure) {}

    /** Looks. */
    @FunctionalInterface
    public interface Watch {

        /** How it is now; waits for Redis for a moment. */
        RedisState look();
    }
}
