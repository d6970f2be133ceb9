/** Route policies: which rules apply to a path, read from a file, and the canonical form of a path. */
@NullMarked
package dev.tollgate.http.route;

import org.jspecify.annotations.NullMarked;
