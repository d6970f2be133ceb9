/** HTTP clients that people have, driven to a refusal and back. */
package dev.tollgate.it.client;
