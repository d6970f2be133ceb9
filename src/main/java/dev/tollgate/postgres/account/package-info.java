/**
 * Accounts, API keys, tiers, permanent bans and route modes: entities, and the ports of {@code core} that they
 * implement.
 */
package dev.tollgate.postgres.account;
