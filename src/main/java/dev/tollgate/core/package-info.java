/**
 * The rules of Tollgate as plain Java. Code in this room imports the JDK and other core rooms. It does no I/O and reads
 * no clock: time is an argument.
 *
 * <p>An architecture test holds this.
 */
package dev.tollgate.core;
