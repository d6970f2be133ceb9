/** The very WAR that ships, in a managed WildFly with real Redis and PostgreSQL, driven over HTTP. */
package dev.tollgate.it;
