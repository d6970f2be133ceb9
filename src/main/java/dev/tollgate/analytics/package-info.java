/**
 * Reports of what was used: the queries callers may ask, reports as records, and how settled and unsettled usage are
 * brought together without counting anything twice or going backwards. Plain Java.
 */
package dev.tollgate.analytics;
