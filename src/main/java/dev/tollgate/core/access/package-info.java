/** Who may do what in administration. */
@NullMarked
package dev.tollgate.core.access;

import org.jspecify.annotations.NullMarked;
