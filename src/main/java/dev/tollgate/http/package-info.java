/**
 * The edge: who a request comes from, which route policy it falls under, and what the answer's headers and problem
 * documents say. The only package that sees servlet types.
 */
package dev.tollgate.http;
