/**
 * The decision about a request: callers, tiers, sliding windows, monthly quotas, the ban ladder, and what the answer
 * says.
 *
 * <p>Times are milliseconds since the epoch and are passed in.
 */
@NullMarked
package dev.tollgate.core.limit;

import org.jspecify.annotations.NullMarked;
