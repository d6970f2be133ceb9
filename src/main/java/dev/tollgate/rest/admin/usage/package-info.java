/** The usage of all accounts for administrators, summed by what they ask for: as pages of JSON, or as a table. */
@NullMarked
package dev.tollgate.rest.admin.usage;

import org.jspecify.annotations.NullMarked;
