/**
 * Authentication of values in Redis: an HMAC that shows that Tollgate wrote a value, so that write access to Redis
 * gives nobody an identity.
 */
package dev.tollgate.redis.seal;
