/** Attacks on the deployed WAR. SECURITY.md lists them. */
package dev.tollgate.it.attack;
