package dev.tollgate.core.analytics;

import java.util.Comparator;

/** A provider as reports list it. */
sealed interface ByUse permits ProviderSummary, ProviderDetail {

    /** Most used first, and by name where that is the same. */
    Comparator<ByUse> MOST_USED_FIRST =
            Comparator.comparingLong(ByUse::totalRequests).reversed().thenComparing(ByUse::provider);

    String provider();

    long totalRequests();
}
