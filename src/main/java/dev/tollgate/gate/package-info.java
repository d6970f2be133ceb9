/**
 * The way of a request to its decision, and what a node caches for it: keys, tiers, bans, route modes.
 *
 * <p>Begin with {@link dev.tollgate.gate.Gate}: it looks for a ban in memory, asks the store within its budget behind a
 * circuit breaker, and applies the failure mode if the store does not answer.
 */
@NullMarked
package dev.tollgate.gate;

import org.jspecify.annotations.NullMarked;
