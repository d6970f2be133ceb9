/** Access to administration: sign-in through the realm of the container, sessions, bounds on failed attempts. */
@NullMarked
package dev.tollgate.http.admin;

import org.jspecify.annotations.NullMarked;
