/** Measurements by hand: mains that print ratios, for docs/benchmarks.md. Nothing here is asserted. */
package dev.tollgate.bench;
