/** Resources for operators: accounts, keys, tiers, bans, callers, audit, routes, settlement, and the live overview. */
package dev.tollgate.rest.admin;
