/** The guard before applications that know nothing of it, on WildFly and Payara. */
package dev.tollgate.it.guard;
