/**
 * Extensions of WildFly's web server, Undertow, for request bodies that no application reads. They are loaded only
 * where Undertow is.
 */
@NullMarked
package dev.tollgate.http.undertow;

import org.jspecify.annotations.NullMarked;
