package dev.tollgate.redis.batch;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.redisson.api.RedissonClient;

/** The two lanes of flights that a node has: requests must never stand in line behind work that can wait. */
public final class ScriptBatchers {

    /** Two with whoever waits: one more than what a stuck flight takes. docs/benchmarks.md tells what the others bring. */
    public static final ScriptBatcher.BatchLimits GATE_LIMITS = new ScriptBatcher.BatchLimits(2, 4, 16, 128);

    private static final int GATE_MAX_QUEUED = 10_000;
    private static final ScriptBatcher.BatchLimits BACKGROUND_LIMITS = ScriptBatcher.BatchLimits.of(2, 512);
    private static final int BACKGROUND_MAX_QUEUED = 50_000;
    private static final Duration BACKGROUND_QUEUE_TIMEOUT = Duration.ofSeconds(2);

    private ScriptBatchers() {}

    /**
     * Decisions: short patience, a short line.
     *
     * @param patience the longest a request waits, however busy this node is. Callers give up by themselves as soon as Redis is
     *     silent for the budget; a flight is given up with the last of them
     */
    public static ScriptBatcher gate(
            RedissonClient redisson, Duration patience, BooleanSupplier open, LatencyRecorder latency) {
        return new ScriptBatcher(redisson, GATE_LIMITS, GATE_MAX_QUEUED, patience, patience, open, latency);
    }

    /** Recording, settlement, analytics, edits. */
    public static ScriptBatcher background(RedissonClient redisson, BooleanSupplier open, LatencyRecorder latency) {
        return new ScriptBatcher(
                redisson,
                BACKGROUND_LIMITS,
                BACKGROUND_MAX_QUEUED,
                BACKGROUND_QUEUE_TIMEOUT,
                BACKGROUND_QUEUE_TIMEOUT,
                open,
                latency);
    }
}
