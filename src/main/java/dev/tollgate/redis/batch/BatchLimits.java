package dev.tollgate.redis.batch;

/**
 * The number and size of the batches that a {@link ScriptBatcher} may have in flight; on a Cluster, per node.
 *
 * <p>Few batches in flight make each of them larger, so that Redis runs fewer scripts. More of them, while many calls are queued,
 * keep callers from waiting for a distant or slow Redis.
 *
 * @param baseConcurrency batches in flight at most while fewer than {@code burstThreshold} calls are queued
 * @param maxConcurrency batches in flight at most while {@code burstThreshold} calls or more are queued
 * @param burstThreshold queued calls from which {@code maxConcurrency} applies
 * @param maxBatchSize calls in one batch at most
 */
public record BatchLimits(int baseConcurrency, int maxConcurrency, int burstThreshold, int maxBatchSize) {

    /** Creates limits with the same concurrency for few queued calls and for many. */
    public static BatchLimits of(int concurrency, int maxBatchSize) {
        return new BatchLimits(concurrency, concurrency, maxBatchSize, maxBatchSize);
    }
}
