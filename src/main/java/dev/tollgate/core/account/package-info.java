/** Accounts, API keys and tiers as plain values, and the ports that find and edit them. */
package dev.tollgate.core.account;
