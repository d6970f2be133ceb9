/**
 * Benchmarks, whose ratios go to docs/benchmarks.md. Nothing is asserted.
 *
 * <p>Begin with {@link dev.tollgate.bench.Bench}.
 */
package dev.tollgate.bench;
