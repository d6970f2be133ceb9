/** Resources that take usage: uploads, and events that happened in other services. */
package dev.tollgate.rest.usage;
