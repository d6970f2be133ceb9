/** Spans for OpenTelemetry. Loaded only where the server has its API: nothing else may refer to this package's classes. */
package dev.tollgate.otel;
