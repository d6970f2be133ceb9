/** The settlement: pending usage moves from Redis into PostgreSQL, exactly once, by a timer, on one node at a time. */
package dev.tollgate.settle;
