/** The client address of a request, through trusted proxies, and address ranges. */
package dev.tollgate.http.address;
