/** The launcher behind {@code mvn -Prun}: Redis, PostgreSQL and WildFly with Tollgate, in the foreground, on loopback. */
package dev.tollgate.run;
