/** What reports, peaks and totals read from the database. */
package dev.tollgate.postgres.report;
