/**
 * Messages between nodes by way of Redis: invalidations, the configuration snapshot, the questions of guards to nodes with a
 * database, and the outboxes of guards.
 *
 * <p>Begin with {@link dev.tollgate.redis.sync.InvalidationBus}. For guards, read
 * {@link dev.tollgate.redis.sync.DirectoryClient} and {@link dev.tollgate.redis.sync.Outbox}. Known limitation:
 * publish/subscribe may lose messages; each class says how it recovers.
 */
@NullMarked
package dev.tollgate.redis.sync;

import org.jspecify.annotations.NullMarked;
