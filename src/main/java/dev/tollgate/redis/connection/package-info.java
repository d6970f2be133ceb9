/**
 * The Redisson client: its configuration, the state of its connections, error replies as exceptions, and the names of all keys.
 *
 * <p>Begin with {@link dev.tollgate.redis.connection.RedisConnection}, which opens the client, and
 * {@link dev.tollgate.redis.connection.RedisKeys}.
 */
@NullMarked
package dev.tollgate.redis.connection;

import org.jspecify.annotations.NullMarked;
