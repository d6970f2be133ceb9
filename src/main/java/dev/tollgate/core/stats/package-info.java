/** Counters, timers and a cache that cost a request a few nanoseconds each. Read {@code Histogram} first. */
@NullMarked
package dev.tollgate.core.stats;

import org.jspecify.annotations.NullMarked;
