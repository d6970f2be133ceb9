/**
 * Problem documents (RFC 9457): the form of a refusal or a failure on the wire. The filter and the REST resources
 * share them.
 */
@NullMarked
package dev.tollgate.core.problem;

import org.jspecify.annotations.NullMarked;
