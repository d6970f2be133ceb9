/**
 * The ledger of settled usage: the port that settles a batch, the reports that reconcile it, and quarantined usage that
 * cannot be read. Read {@code SettlementStore} first.
 */
@NullMarked
package dev.tollgate.core.ledger;

import org.jspecify.annotations.NullMarked;
