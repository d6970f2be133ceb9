/**
 * What WildFly's web server, Undertow, does with request bodies that no one reads. Loaded only where Undertow is: other servers
 * never ask for these classes.
 */
package dev.tollgate.undertow;
