/** Resources for operators: accounts, keys, tiers, bans, callers, audit, routes, settlement, and the live overview. */
@NullMarked
package dev.tollgate.rest.admin;

import org.jspecify.annotations.NullMarked;
