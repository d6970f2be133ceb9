/** Bounds on the request bodies that are being read: how slow one may be, and how many there may be at once. */
package dev.tollgate.core.bodylimit;
