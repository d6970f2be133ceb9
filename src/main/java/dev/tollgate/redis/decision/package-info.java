/**
 * Decisions and bans in Redis: the arguments and the reply of {@code gate.lua}, manual bans, monthly quotas, and the log of
 * violations.
 *
 * <p>Begin with {@link dev.tollgate.redis.decision.RedisGateStore}, then read {@code redis/decision/gate.lua}. Known
 * limitation: above a limit of 100, a window is kept in 200 cells, so a unit may be held for up to half a percent of the window
 * too long.
 */
package dev.tollgate.redis.decision;
