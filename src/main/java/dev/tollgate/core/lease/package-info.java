/** Leases on callers' limits: how much a node takes ahead of need, how it spends that, and when a lease ends. */
@NullMarked
package dev.tollgate.core.lease;

import org.jspecify.annotations.NullMarked;
