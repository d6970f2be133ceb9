/** A page of a long list, and the request for one. */
package dev.tollgate.core.paging;
