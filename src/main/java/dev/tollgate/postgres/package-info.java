/**
 * PostgreSQL: one room per kind of data, and {@code support} with what they share.
 *
 * <p>Begin with {@code support}, then read {@code settlement}.
 */
package dev.tollgate.postgres;
