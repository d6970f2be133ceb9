/** Bounds the request bodies under way: how slow they may be, and how many there may be. */
package dev.tollgate.intake;
