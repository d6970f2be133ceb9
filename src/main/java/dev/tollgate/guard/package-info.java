/**
 * The guard: the gate as a module of the server or a library of one application, for applications that do not know Tollgate. A
 * servlet container initializer adds it.
 *
 * <p>Begin with {@link dev.tollgate.guard.ServerGuard}, which adds to {@code assembly} what a guard has in place of a database. A
 * guard has no database: nodes that have one answer its questions over Redis. Known limitation: without such a node, API keys
 * that are not cached cannot be resolved.
 */
@NullMarked
package dev.tollgate.guard;

import org.jspecify.annotations.NullMarked;
