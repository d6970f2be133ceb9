package dev.tollgate.core.analytics;

import java.time.Instant;

/**
 * Where a report's numbers come from.
 *
 * @param cached whether the settled part came from the cache
 * @param generatedAt when the parts were brought together
 * @param pendingIncluded whether unsettled usage is in it; false while Redis cannot be asked
 */
public record ReportMeta(boolean cached, Instant generatedAt, boolean pendingIncluded) {}
