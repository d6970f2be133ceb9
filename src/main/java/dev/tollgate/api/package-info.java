/** The REST resources. Thin: they read a request strictly, call a port, and answer with JSON or a problem document. */
package dev.tollgate.api;
