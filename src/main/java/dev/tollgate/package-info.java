/** Tollgate: a gate before HTTP APIs. Each sub-package says its own job; docs/architecture.md draws the way through. */
package dev.tollgate;
