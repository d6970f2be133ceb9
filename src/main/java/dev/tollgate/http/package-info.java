/**
 * The HTTP edge. {@code filter} is the way of a request through the gate; the other rooms resolve addresses, match
 * routes, sign administrators in, and answer.
 *
 * <p>Servlet types are known here, in {@code ops.metrics} and where the application is composed.
 */
@NullMarked
package dev.tollgate.http;

import org.jspecify.annotations.NullMarked;
