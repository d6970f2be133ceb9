/** Clients, callers and attackers that integration tests share. */
package dev.tollgate.it.support;
