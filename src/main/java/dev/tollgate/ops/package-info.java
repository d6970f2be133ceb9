/**
 * Interfaces for operators besides the console: metrics, JMX beans, spans, and the configuration check.
 *
 * <p>Begin with {@code metrics}.
 */
package dev.tollgate.ops;
