/**
 * The assembly of what the WAR and the server module both consist of: the connection to Redis, the gate with its caches, the
 * recording of usage, and the filter. {@code boot} and {@code guard} put it together with what they have of their own.
 *
 * <p>Begin with {@link dev.tollgate.assembly.GateAssembly}. The classes are plain Java, since the server module has no CDI.
 */
@NullMarked
package dev.tollgate.assembly;

import org.jspecify.annotations.NullMarked;
