/**
 * Decisions and bans in Redis: the arguments and the reply of {@code gate.lua}, manual bans, monthly quotas, and the
 * log of violations.
 */
package dev.tollgate.redis.decision;
