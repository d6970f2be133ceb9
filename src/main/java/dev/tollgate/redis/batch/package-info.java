/**
 * Batches of script calls: calls that threads make at about the same time go to Redis together in one {@code RBatch},
 * one batch per node of a Cluster.
 *
 * <p>Begin with {@link dev.tollgate.redis.batch.ScriptBatcher}.
 */
package dev.tollgate.redis.batch;
