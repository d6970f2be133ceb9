/**
 * The health of a node: probes of Redis, PostgreSQL and the storage, and what they say in {@code /health/ready}.
 *
 * <p>Begin with {@link dev.tollgate.ops.health.HealthProbes}.
 */
@NullMarked
package dev.tollgate.ops.health;

import org.jspecify.annotations.NullMarked;
