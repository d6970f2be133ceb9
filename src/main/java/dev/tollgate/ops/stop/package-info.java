/**
 * The stop of a node: readiness goes down first, requests are served for a while longer, and then refused.
 *
 * <p>Begin with {@link dev.tollgate.ops.stop.StopGrace}.
 */
@NullMarked
package dev.tollgate.ops.stop;

import org.jspecify.annotations.NullMarked;
