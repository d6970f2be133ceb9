/**
 * Problem documents (RFC 9457): what a refusal or a failure looks like on the wire. The filter and the REST resources
 * share them.
 */
package dev.tollgate.core.problem;
