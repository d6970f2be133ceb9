/**
 * The REST resources. A resource reads a request strictly, calls a port, and answers with JSON or a problem document.
 */
@NullMarked
package dev.tollgate.rest;

import org.jspecify.annotations.NullMarked;
