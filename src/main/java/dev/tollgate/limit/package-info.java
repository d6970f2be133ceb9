/**
 * The decision, in plain Java: callers, tiers, windows, quotas, the ban ladder, and what a request's decision says.
 * No I/O and no clock of its own: time is an argument, in milliseconds since the epoch.
 */
package dev.tollgate.limit;
