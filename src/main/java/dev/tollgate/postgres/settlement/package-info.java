/**
 * The settlement in SQL: a batch of deltas becomes rows in one transaction, with the ledger that makes it exactly once.
 */
package dev.tollgate.postgres.settlement;
