package dev.tollgate.redis.batch;

import java.time.Duration;

/**
 * The bounds of a call's stay in a {@link ScriptBatcher}.
 *
 * @param maxQueued calls queued at most, on a Cluster per node; further calls fail with {@link ScriptBatcher.QueueFullException}
 * @param queueTimeout the longest time a call may be queued; an older one fails with {@link ScriptBatcher.QueueTimeoutException}
 *     when the next batch is put together
 * @param replyTimeout the longest time a batch may be in flight; after that its calls fail and its slot is free again
 */
public record QueueLimits(int maxQueued, Duration queueTimeout, Duration replyTimeout) {}
