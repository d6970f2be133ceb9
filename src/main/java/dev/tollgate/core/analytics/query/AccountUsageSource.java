package dev.tollgate.core.analytics.query;

import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.usage.KeyUsage;
import java.util.Map;
import java.util.Optional;

/** A port to the settled usage of all keys of an account, in PostgreSQL. Methods block. Thread-safe. */
public interface AccountUsageSource {

    /**
     * What one database snapshot says of an account.
     *
     * @param batches per key the last batch applied to it; 0 if there was none
     * @param usage sums over these keys: totals with file types, and providers
     */
    record SettledAccount(Map<String, Long> batches, KeyUsage usage) {
        public SettledAccount {
            batches = Map.copyOf(batches);
        }
    }

    /**
     * Returns what is settled for an account's keys, revoked ones among them.
     *
     * @return empty if there is no such account
     * @throws DatabaseUnavailableException if the database cannot be asked
     */
    Optional<SettledAccount> settled(String accountId);
}
