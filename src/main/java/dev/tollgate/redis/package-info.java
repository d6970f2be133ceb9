/**
 * Everything Tollgate does in Redis. {@code batch} joins the scripts of many requests to one round trip; the other
 * rooms hold the scripts, their arguments and their replies.
 */
package dev.tollgate.redis;
