/**
 * The Redisson client: how it connects, what is known of its connections, error replies as exceptions, and the names of
 * all keys.
 */
package dev.tollgate.redis.connection;
