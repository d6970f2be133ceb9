/**
 * The trace a request belongs to, in the format of W3C Trace Context. It is carried into answers, audit rows, logs and
 * exemplars.
 */
@NullMarked
package dev.tollgate.core.trace;

import org.jspecify.annotations.NullMarked;
