/**
 * Refusals of the gate as rows that operators search: what a refusal is, how many become rows, and the port they are kept in.
 *
 * <p>Begin with {@link dev.tollgate.core.refusal.RefusalSampler}, which bounds the rows. A row passes a
 * {@link dev.tollgate.core.refusal.RefusalBuffer} on its way to {@link dev.tollgate.core.refusal.RefusalLog}.
 *
 * <p><b>Known limitation</b>: rows and counts that are not written yet are lost if the process is killed.
 */
@NullMarked
package dev.tollgate.core.refusal;

import org.jspecify.annotations.NullMarked;
