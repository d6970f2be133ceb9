/**
 * The configuration check, {@code java -jar tollgate.war}: it finds before a deployment what would stop one.
 *
 * <p>Begin with {@link dev.tollgate.ops.configcheck.ConfigCheck}. Known limitation: it does not connect to Redis and PostgreSQL.
 */
@NullMarked
package dev.tollgate.ops.configcheck;

import org.jspecify.annotations.NullMarked;
