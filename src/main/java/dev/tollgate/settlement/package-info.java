/** The settlement: a timer moves pending usage from Redis into PostgreSQL exactly once, on one node at a time. */
package dev.tollgate.settlement;
