/** The REST resources of callers: uploads, usage, analytics, and the contract of all resources. */
package dev.tollgate.it.rest;
