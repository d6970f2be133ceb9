/**
 * The settlement: a timer moves pending usage from Redis into PostgreSQL exactly once, on one node at a time.
 *
 * <p>Begin with {@link dev.tollgate.settlement.Settlement}; {@link dev.tollgate.settlement.SettlementTimer} runs it.
 */
@NullMarked
package dev.tollgate.settlement;

import org.jspecify.annotations.NullMarked;
