/** Audit events: what happened, to whom, and who did it. Also the ports they are written to and read from. */
@NullMarked
package dev.tollgate.core.audit;

import org.jspecify.annotations.NullMarked;
