/**
 * The settlement: a timer moves pending usage from Redis into PostgreSQL exactly once, on one node at a time.
 *
 * <p>Begin with {@link dev.tollgate.settlement.Settlement}; {@link dev.tollgate.settlement.SettlementTimer} runs it.
 */
package dev.tollgate.settlement;
