/** What Redis reports about itself: its state, release and slow commands. */
package dev.tollgate.redis.stats;
