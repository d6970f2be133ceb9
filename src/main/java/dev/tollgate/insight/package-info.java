/**
 * What operators look at: traffic by the second, callers' peaks, the overview that brings both together with the state of
 * Redis and the settlement. Plain Java; the clock is an argument.
 */
package dev.tollgate.insight;
