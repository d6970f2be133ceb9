/**
 * The rules of Tollgate as plain Java. Code in this room imports the JDK and other core rooms. It does no I/O and reads
 * no clock: time is an argument.
 *
 * <p>An architecture test holds this.
 */
@NullMarked
package dev.tollgate.core;

import org.jspecify.annotations.NullMarked;
