/** The administrators' sign-in, console and REST resources. */
package dev.tollgate.it.admin;
