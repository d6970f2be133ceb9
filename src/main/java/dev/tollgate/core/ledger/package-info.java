/**
 * The ledger of settled usage: the port that settles a batch, the reports that reconcile it, and usage set aside
 * because it cannot be read.
 */
package dev.tollgate.core.ledger;
