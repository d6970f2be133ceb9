/** Metered usage: events, how they are summed into deltas, and the ports through which deltas reach Redis. */
package dev.tollgate.core.usage;
