/**
 * What operators read of a node: metrics, JMX beans, spans, health, the numbers of the console, and the configuration check.
 *
 * <p>Begin with {@code metrics}.
 */
@NullMarked
package dev.tollgate.ops;

import org.jspecify.annotations.NullMarked;
