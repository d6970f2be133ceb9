/** The queries that reports answer: their parameters, defaults and bounds. */
package dev.tollgate.core.analytics.query;
