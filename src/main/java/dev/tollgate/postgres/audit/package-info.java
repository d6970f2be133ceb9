/**
 * The audit trail in the database: writing, searching and deletion.
 *
 * <p>Begin with {@link dev.tollgate.postgres.audit.JpaAuditSink}, which says when events are lost.
 */
@NullMarked
package dev.tollgate.postgres.audit;

import org.jspecify.annotations.NullMarked;
