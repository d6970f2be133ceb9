/** Access to administration: sign-in through the realm of the container, sessions, bounds on failed attempts. */
package dev.tollgate.http.admin;
