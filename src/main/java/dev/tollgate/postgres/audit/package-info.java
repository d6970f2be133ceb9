/** The audit trail in the database: how it is appended, searched and thinned. */
package dev.tollgate.postgres.audit;
