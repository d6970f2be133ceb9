/** Failures of asynchronous work: what a stage failed with, and periodic tasks that survive a failure. */
package dev.tollgate.core.async;
