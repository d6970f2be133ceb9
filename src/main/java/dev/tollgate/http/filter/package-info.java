/**
 * The rate limit filter: it identifies the caller, asks the gate, answers or lets the request go on, and meters it.
 *
 * <p>Begin with {@link dev.tollgate.http.filter.RateLimitFilter}.
 */
@NullMarked
package dev.tollgate.http.filter;

import org.jspecify.annotations.NullMarked;
