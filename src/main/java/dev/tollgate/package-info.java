/** Tollgate: a gate before HTTP APIs. Each sub-package says its own job; docs/architecture.md draws the way through. */
@NullMarked
package dev.tollgate;

import org.jspecify.annotations.NullMarked;
