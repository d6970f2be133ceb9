/** PostgreSQL: entities for accounts, keys, tiers, bans and the audit trail, and the adapters of the ports they serve. */
package dev.tollgate.jpa;
