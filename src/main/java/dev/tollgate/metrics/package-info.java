/** The numbers as Prometheus and OpenMetrics want them: names, help texts, labels and text forms. Knows nothing of what they mean. */
package dev.tollgate.metrics;
