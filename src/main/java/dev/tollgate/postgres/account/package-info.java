/**
 * Accounts, API keys, tiers, permanent bans and route modes: entities, and implementations of the ports of {@code core}.
 *
 * <p>Begin with {@link dev.tollgate.postgres.account.JpaAccountDirectory}, which the gate reads.
 */
@NullMarked
package dev.tollgate.postgres.account;

import org.jspecify.annotations.NullMarked;
