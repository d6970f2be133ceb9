/** The leases a node holds: who gets one, how they are renewed ahead of need, and how they are given back. */
@NullMarked
package dev.tollgate.gate.lease;

import org.jspecify.annotations.NullMarked;
