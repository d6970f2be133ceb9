/**
 * The gate before applications that know nothing of it: put before every one of a server's, or carried by one, by a servlet
 * container initializer. Wires, without CDI and without a database, what {@code boot} wires for Tollgate's own application;
 * what that has of PostgreSQL comes from it through Redis.
 */
package dev.tollgate.guard;
