/**
 * Everything Tollgate does in Redis. {@code batch} sends the scripts of many requests in one round trip; the other rooms have the
 * scripts, their arguments and their replies.
 *
 * <p>Begin with {@code batch}, then read {@code decision} and {@code usage}. The Lua files are in resource folders of the same
 * names.
 */
@NullMarked
package dev.tollgate.redis;

import org.jspecify.annotations.NullMarked;
