/** A page of a long list, and the request for one. */
@NullMarked
package dev.tollgate.core.paging;

import org.jspecify.annotations.NullMarked;
