/**
 * The one way through: known bans first, then the store within its budget behind a breaker, then the failure mode. Also what
 * a node remembers in memory: keys, tiers, bans, and how it lets go of them when they change.
 */
package dev.tollgate.gate;
