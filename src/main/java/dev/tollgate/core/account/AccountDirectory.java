package dev.tollgate.core.account;

import dev.tollgate.core.limit.Tier;
import java.util.List;
import java.util.Optional;

/**
 * A port to accounts, keys and tiers in PostgreSQL, which every cache is filled from. Methods block. They throw
 * {@link DatabaseUnavailableException} when the database cannot be reached, and never return an empty answer instead.
 */
public interface AccountDirectory {

    /** The key with this hash, whatever its state. */
    Optional<ResolvedKey> findByHash(String hash);

    /** Returns the name of an account's tier; empty if there is no such account. */
    Optional<String> tierOf(String accountId);

    /** Every tier. */
    List<Tier> tiers();
}
