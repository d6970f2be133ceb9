/** Route policies: which rules apply to a path, read from a file, and the canonical form of a path. */
package dev.tollgate.http.route;
