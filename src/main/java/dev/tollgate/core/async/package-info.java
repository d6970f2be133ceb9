/** Failures of asynchronous work: what a stage failed with, and periodic tasks that survive a failure. */
@NullMarked
package dev.tollgate.core.async;

import org.jspecify.annotations.NullMarked;
