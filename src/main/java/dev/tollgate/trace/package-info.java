/** Which request it is: the trace it belongs to, carried into answers, audit rows, logs and examples. Pure. */
package dev.tollgate.trace;
