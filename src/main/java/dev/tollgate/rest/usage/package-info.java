/** Resources that take usage: uploads, and events that happened in other services. */
@NullMarked
package dev.tollgate.rest.usage;

import org.jspecify.annotations.NullMarked;
