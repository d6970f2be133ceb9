/**
 * Bounds on the request bodies that are being read: how slow one may be, how many there may be at once, and how much one may
 * inflate to.
 */
@NullMarked
package dev.tollgate.core.bodylimit;

import org.jspecify.annotations.NullMarked;
