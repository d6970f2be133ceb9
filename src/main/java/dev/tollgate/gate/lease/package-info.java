/** The leases a node holds: who gets one, how they are renewed ahead of need, and how they are given back. */
package dev.tollgate.gate.lease;
