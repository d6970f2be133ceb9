/**
 * The numbers that the console shows: those of this node, the state of Redis and the overview, with the tasks that sample them.
 *
 * <p>Begin with {@link dev.tollgate.ops.console.NodeStatsReader}.
 */
@NullMarked
package dev.tollgate.ops.console;

import org.jspecify.annotations.NullMarked;
