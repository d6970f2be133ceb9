/** Resources for callers that show what a key was used for, and its limits. */
@NullMarked
package dev.tollgate.rest.analytics;

import org.jspecify.annotations.NullMarked;
