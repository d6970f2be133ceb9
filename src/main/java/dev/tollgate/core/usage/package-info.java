/**
 * Metered usage: events, how they are summed into deltas, and the ports through which deltas reach Redis. Read
 * {@code UsageRecorder} first, then {@code PendingUsage}.
 */
@NullMarked
package dev.tollgate.core.usage;

import org.jspecify.annotations.NullMarked;
