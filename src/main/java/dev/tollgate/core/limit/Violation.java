package dev.tollgate.core.limit;

/**
 * One request over a limit.
 *
 * @param atMillis when, milliseconds since the epoch
 * @param route the name of the route policy
 * @param address the client's address; empty if it was not known
 * @param count violations on the caller's ledger, this one included
 */
public record Violation(long atMillis, String route, String address, int count) {}
