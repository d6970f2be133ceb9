/**
 * Callers without an API key whom the container has authenticated, or whom a trusted proxy names.
 *
 * <p>Begin with {@link dev.tollgate.http.principal.PrincipalResolver}.
 */
@NullMarked
package dev.tollgate.http.principal;

import org.jspecify.annotations.NullMarked;
