/**
 * Decisions and bans in Redis: the arguments and the reply of {@code gate.lua}, manual bans, monthly quotas, and the log of
 * violations.
 *
 * <p>Begin with {@link dev.tollgate.redis.decision.RedisGateStore}, then read {@code redis/decision/gate.lua}.
 *
 * <p>Known limitation: a window with a limit above 100 is kept in 250 cells. A unit may then be held for up to 0.4 percent of
 * the window too long.
 */
@NullMarked
package dev.tollgate.redis.decision;

import org.jspecify.annotations.NullMarked;
