/**
 * MXBeans under {@code dev.tollgate:type=...}. They use types of the JDK alone, so any JMX client can read them.
 *
 * <p>Begin with {@link dev.tollgate.ops.jmx.ManagementBeans}.
 */
@NullMarked
package dev.tollgate.ops.jmx;

import org.jspecify.annotations.NullMarked;
