/**
 * The numbers of a node in the formats of Prometheus and OpenMetrics: their names, help texts, labels, and the servlet
 * that writes them.
 */
package dev.tollgate.ops.metrics;
