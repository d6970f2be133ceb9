/** What is metered: usage events, how they merge into deltas, and the ports they settle through. Plain Java. */
package dev.tollgate.usage;
