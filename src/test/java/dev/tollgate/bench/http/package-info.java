/** A WildFly under HTTP load, with and without a gate before its applications. */
package dev.tollgate.bench.http;
