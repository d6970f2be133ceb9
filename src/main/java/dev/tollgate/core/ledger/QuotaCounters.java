package dev.tollgate.core.ledger;

import dev.tollgate.core.limit.BillingMonth;
import java.util.Collection;
import java.util.Map;

/** A port to the monthly counters that the gate charges in Redis. Thread-safe. */
public interface QuotaCounters {

    /**
     * Cost units used.
     *
     * @return by account id; accounts without a counter for that month are left out, and so are those that could not be
     *     asked: they are settled the next time
     * @throws RuntimeException if none at all could be asked
     */
    Map<String, Long> used(Collection<String> accountIds, BillingMonth month);
}
