package dev.tollgate.core.account;

import dev.tollgate.core.limit.Tier;
import java.util.List;
import java.util.Optional;

/**
 * Accounts, keys and tiers as PostgreSQL has them: the truth behind every cache. Methods block; they throw
 * {@link DatabaseUnavailableException} when the database cannot be reached, never an empty answer.
 */
public interface AccountDirectory {

    /** The key with this hash, whatever its state. */
    Optional<ResolvedKey> findByHash(String hash);

    /** The name of an account's tier; empty if there is no such account. */
    Optional<String> tierOf(String accountId);

    /** Every tier. */
    List<Tier> tiers();
}
