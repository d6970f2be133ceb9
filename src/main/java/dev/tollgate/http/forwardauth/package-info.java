/** Decisions for reverse proxies: {@code /api/v1/check}, for nginx, Caddy, Traefik and Envoy. */
@NullMarked
package dev.tollgate.http.forwardauth;

import org.jspecify.annotations.NullMarked;
