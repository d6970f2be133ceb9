/**
 * Batches of script calls: calls that threads make at about the same time go to Redis together in one {@code RBatch}, one batch
 * per node of a Cluster.
 *
 * <p>Begin with {@link dev.tollgate.redis.batch.ScriptBatcher}, which has the loss policy and known limitations. A node has two
 * batchers, one for decisions and one for background work; see {@link dev.tollgate.redis.batch.ScriptBatchers}.
 */
@NullMarked
package dev.tollgate.redis.batch;

import org.jspecify.annotations.NullMarked;
