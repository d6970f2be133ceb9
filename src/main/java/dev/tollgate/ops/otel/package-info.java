/**
 * Spans for OpenTelemetry. The classes are loaded only if the server has its API, so no other class may refer to them.
 */
@NullMarked
package dev.tollgate.ops.otel;

import org.jspecify.annotations.NullMarked;
