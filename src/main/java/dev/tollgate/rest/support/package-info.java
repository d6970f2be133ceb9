/** What resources share: reading bodies and parameters, JSON, problem documents, health. */
@NullMarked
package dev.tollgate.rest.support;

import org.jspecify.annotations.NullMarked;
