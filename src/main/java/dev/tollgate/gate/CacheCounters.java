package dev.tollgate.gate;

/**
 * Counters of a cache on this node since the start.
 *
 * @param hits look-ups it answered
 * @param misses look-ups it could not answer
 * @param evictions entries removed because the cache was full or they were too old
 * @param entries roughly how many there are
 */
public record CacheCounters(long hits, long misses, long evictions, long entries) {}
