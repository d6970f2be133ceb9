/**
 * Reports of usage as records. They bring settled and pending usage together so that nothing is counted twice and no
 * total goes backwards.
 */
package dev.tollgate.core.analytics;
