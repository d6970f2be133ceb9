package dev.tollgate.gate;

/**
 * How a cache of this node does, since the start.
 *
 * @param hits look-ups it answered
 * @param misses look-ups it could not answer
 * @param evictions entries that went for want of space or because their time was up
 * @param entries roughly how many there are
 */
public record CacheCounters(long hits, long misses, long evictions, long entries) {}
