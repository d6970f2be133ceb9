package dev.tollgate.redis.batch;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.redisson.api.RedissonClient;

/** The two batchers of a node: decisions have one of their own, so that no request is queued behind background work. */
public final class ScriptBatchers {

    /** Two batches in flight, so that one without a reply does not stop decisions; docs/benchmarks.md compares other limits. */
    public static final BatchLimits DECISION_LIMITS = new BatchLimits(2, 4, 16, 128);

    private static final int DECISION_MAX_QUEUED = 10_000;
    private static final BatchLimits BACKGROUND_LIMITS = BatchLimits.of(2, 512);
    private static final int BACKGROUND_MAX_QUEUED = 50_000;
    private static final Duration BACKGROUND_TIMEOUT = Duration.ofSeconds(2);

    private ScriptBatchers() {}

    /**
     * Creates the batcher for decisions.
     *
     * @param timeout the longest time a call may be queued, and a batch in flight. Callers give up earlier, as soon as Redis
     *     has not replied for the budget
     * @param connected whether there has been a connection
     */
    public static ScriptBatcher decisions(
            RedissonClient redisson, Duration timeout, BooleanSupplier connected, LatencyRecorder latency) {
        QueueLimits queueLimits = new QueueLimits(DECISION_MAX_QUEUED, timeout, timeout);
        return new ScriptBatcher(redisson, DECISION_LIMITS, queueLimits, connected, latency);
    }

    /**
     * Creates the batcher for recording, settlement, reports and changes.
     *
     * @param connected whether there has been a connection
     */
    public static ScriptBatcher background(
            RedissonClient redisson, BooleanSupplier connected, LatencyRecorder latency) {
        QueueLimits queueLimits = new QueueLimits(BACKGROUND_MAX_QUEUED, BACKGROUND_TIMEOUT, BACKGROUND_TIMEOUT);
        return new ScriptBatcher(redisson, BACKGROUND_LIMITS, queueLimits, connected, latency);
    }
}
