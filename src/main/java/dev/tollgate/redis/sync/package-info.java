/**
 * What nodes tell each other by way of Redis: invalidations, shared lists, the questions that guards ask nodes with a
 * database, and the audit events that guards hand over to them.
 */
package dev.tollgate.redis.sync;
