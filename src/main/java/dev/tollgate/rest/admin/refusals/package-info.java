/** Resources for operators about refusals: the rows, and what route policies in shadow mode would have refused. */
@NullMarked
package dev.tollgate.rest.admin.refusals;

import org.jspecify.annotations.NullMarked;
