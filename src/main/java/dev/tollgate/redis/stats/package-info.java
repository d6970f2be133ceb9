/**
 * What Redis reports about itself: its state, release and slow commands.
 *
 * <p>Begin with {@link dev.tollgate.redis.stats.RedisInfo}. Known limitation: on a Cluster, each reading comes from one node.
 */
@NullMarked
package dev.tollgate.redis.stats;

import org.jspecify.annotations.NullMarked;
