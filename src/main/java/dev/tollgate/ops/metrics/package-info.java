/**
 * The metrics of a node in the formats of Prometheus and OpenMetrics: names, help texts, labels, and the servlet.
 *
 * <p>Begin with {@link dev.tollgate.ops.metrics.Metrics}; docs/metrics.md lists all of them.
 */
@NullMarked
package dev.tollgate.ops.metrics;

import org.jspecify.annotations.NullMarked;
