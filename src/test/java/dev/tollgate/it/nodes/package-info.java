/** Two nodes side by side, also while they are killed, and the soak test. */
package dev.tollgate.it.nodes;
