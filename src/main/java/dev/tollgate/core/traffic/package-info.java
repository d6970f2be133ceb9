/**
 * What operators look at: traffic by the second, the peaks of callers, and an overview that adds the state of Redis and
 * of the settlement.
 */
package dev.tollgate.core.traffic;
