/**
 * Access to the database: transactions, the data source, errors of an outage, the schema, and conversions that several
 * rooms need.
 */
package dev.tollgate.postgres.support;
