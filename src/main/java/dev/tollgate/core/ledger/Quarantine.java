package dev.tollgate.core.ledger;

import dev.tollgate.core.usage.KeyUsage.ProviderDay;
import dev.tollgate.core.usage.UsageCounts;
import java.util.Map;
import java.util.Optional;

/** A port to quarantined usage in PostgreSQL, entry by entry. Methods block. Thread-safe. */
public interface Quarantine {

    /**
     * An entry of quarantined usage.
     *
     * @param usage counts by provider and day
     * @param requests the requests the ledger counts as quarantined for it
     * @param keyExists whether its key is there, so that it could be settled now
     */
    record Entry(Map<ProviderDay, UsageCounts> usage, long requests, boolean keyExists) {
        public Entry {
            usage = Map.copyOf(usage);
        }
    }

    /** Returns one of them; empty if there is none. */
    Optional<Entry> find(long batchId, String keyId);

    /** Takes one away, and from the ledger's sums what stood for it; false if it was gone already. */
    boolean remove(long batchId, String keyId);
}
