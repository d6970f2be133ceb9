/**
 * Access to the database: transactions, the data source, errors of an outage, the schema, and conversions that several rooms
 * need.
 *
 * <p>Begin with {@link dev.tollgate.postgres.support.Database}.
 */
@NullMarked
package dev.tollgate.postgres.support;

import org.jspecify.annotations.NullMarked;
