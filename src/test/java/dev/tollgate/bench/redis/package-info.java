/** The gate and its competitors on a Redis, as the sections measure them. */
package dev.tollgate.bench.redis;
