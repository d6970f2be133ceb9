/**
 * The numbers that operators watch: traffic by the second, the peaks of callers, and an overview with the state of Redis
 * and of the settlement. Read {@code OverviewService} first.
 */
@NullMarked
package dev.tollgate.core.traffic;

import org.jspecify.annotations.NullMarked;
