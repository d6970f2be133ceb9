/** Resources for callers that show what a key was used for, and its limits. */
package dev.tollgate.rest.analytics;
