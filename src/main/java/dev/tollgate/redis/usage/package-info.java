/** Pending usage in Redis: recording, claims of the settlement, posted events, cached reports and traffic. */
package dev.tollgate.redis.usage;
