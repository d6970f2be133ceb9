package dev.tollgate.core.analytics;

import java.util.Comparator;

/** A provider that reports rank by its requests. */
sealed interface UsageRanked permits ProviderSummary, ProviderDetail {

    /** Most used first, and by name where that is the same. */
    Comparator<UsageRanked> MOST_USED_FIRST = Comparator.comparingLong(
                    (UsageRanked ranked) -> ranked.totals().totalRequests())
            .reversed()
            .thenComparing(UsageRanked::provider);

    String provider();

    Totals totals();
}
