/** The queries that reports answer: their parameters, defaults and bounds. */
@NullMarked
package dev.tollgate.core.analytics.query;

import org.jspecify.annotations.NullMarked;
