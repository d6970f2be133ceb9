/**
 * Usage of all accounts, summed by account, key, provider, day or month: what an invoice is made of.
 *
 * <p>Begin with {@link dev.tollgate.core.analytics.grouped.GroupedUsage}. Known limitation: it is settled usage alone. What is
 * pending in Redis, a few seconds' worth as a rule, and what is quarantined is not in it.
 */
@NullMarked
package dev.tollgate.core.analytics.grouped;

import org.jspecify.annotations.NullMarked;
