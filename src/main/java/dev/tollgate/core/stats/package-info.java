/** Counters and timers that cost a request a few nanoseconds. */
package dev.tollgate.core.stats;
