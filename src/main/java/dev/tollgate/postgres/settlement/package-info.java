/**
 * The settlement in SQL: a batch of claims becomes rows in one transaction, with the ledger that makes it exactly once.
 *
 * <p>Begin with {@link dev.tollgate.postgres.settlement.JdbcSettlementStore}, then read
 * {@link dev.tollgate.postgres.settlement.SettlementWriter}. Known limitation: counts stop at the bound of a bigint.
 */
@NullMarked
package dev.tollgate.postgres.settlement;

import org.jspecify.annotations.NullMarked;
