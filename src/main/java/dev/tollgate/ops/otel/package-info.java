/**
 * Spans for OpenTelemetry. These classes are loaded only where the server has its API: no other class may refer to
 * them.
 */
package dev.tollgate.ops.otel;
