/**
 * The REST resources. A resource reads a request strictly, calls a port, and answers with JSON or a problem document.
 */
package dev.tollgate.rest;
