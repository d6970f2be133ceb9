/** Counters, timers and a cache that cost a request a few nanoseconds each. Read {@code Histogram} first. */
package dev.tollgate.core.stats;
