/**
 * PostgreSQL: one room per kind of data, and {@code support} with what they share.
 *
 * <p>Begin with {@code support}, then read {@code settlement}.
 */
@NullMarked
package dev.tollgate.postgres;

import org.jspecify.annotations.NullMarked;
