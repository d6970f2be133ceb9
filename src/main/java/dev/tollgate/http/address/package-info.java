/** The client address of a request, through trusted proxies, and address ranges. */
@NullMarked
package dev.tollgate.http.address;

import org.jspecify.annotations.NullMarked;
