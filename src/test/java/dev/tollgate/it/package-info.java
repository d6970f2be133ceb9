/** The very WAR that ships, in a managed WildFly or a Payara with real Redis and PostgreSQL, driven over HTTP. */
package dev.tollgate.it;
