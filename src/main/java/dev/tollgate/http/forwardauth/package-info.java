/** Decisions for reverse proxies: {@code /api/v1/check}, for nginx, Caddy, Traefik and Envoy. */
package dev.tollgate.http.forwardauth;
