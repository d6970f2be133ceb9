/**
 * The composition of the WAR: the implementation of each port, the parts of {@code assembly} as CDI beans, and what starts and
 * stops with the application. Numbers and probes are in {@code ops}.
 *
 * <p>Begin with {@link dev.tollgate.boot.ApplicationStartup}.
 */
@NullMarked
package dev.tollgate.boot;

import org.jspecify.annotations.NullMarked;
