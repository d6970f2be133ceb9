/** Accounts, API keys and tiers as plain values, and the ports that find and edit them. */
@NullMarked
package dev.tollgate.core.account;

import org.jspecify.annotations.NullMarked;
