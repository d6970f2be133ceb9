/** The sections of docs/benchmarks.md, one class each. */
package dev.tollgate.bench.section;
