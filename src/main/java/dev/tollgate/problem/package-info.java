/**
 * What a refusal or failure looks like on the wire: RFC 9457 problem documents, the same from the filter and from the REST
 * resources. Plain Java.
 */
package dev.tollgate.problem;
