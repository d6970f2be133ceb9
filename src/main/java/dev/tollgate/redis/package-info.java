/** Redis: the connection, the shared flight that carries many requests' scripts in one batch, keys, and the stores. */
package dev.tollgate.redis;
