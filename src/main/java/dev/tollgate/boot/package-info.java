/**
 * The composition of the WAR: the implementation of each port, the parts of {@code assembly} as CDI beans, and what starts and
 * stops with the application. Numbers and probes are in {@code ops}.
 *
 * <p>Begin with {@link dev.tollgate.boot.ApplicationStartup}.
 */
package dev.tollgate.boot;
