/**
 * Reports of usage as records. They add settled and pending usage so that nothing is counted twice and no
 * total goes backwards.
 */
@NullMarked
package dev.tollgate.core.analytics;

import org.jspecify.annotations.NullMarked;
