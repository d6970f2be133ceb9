/** Checks for reverse proxies, behind a real nginx and a real Caddy. */
package dev.tollgate.it.forwardauth;
