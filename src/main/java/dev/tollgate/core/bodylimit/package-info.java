/** Bounds on the request bodies that are being read: how slow one may be, and how many there may be at once. */
@NullMarked
package dev.tollgate.core.bodylimit;

import org.jspecify.annotations.NullMarked;
