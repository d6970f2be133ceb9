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

    /**
     * Makes an account for a principal and links it, unless it has one by now.
     *
     * @param name its name, which becomes the account's
     * @param tier the name of the account's tier
     * @param most how many principals there may be; with as many, none is made
     * @return what the name resolves to; empty if there are too many or no such tier
     */
    default Optional<ResolvedKey> createForPrincipal(PrincipalName name, String tier, int most) {
        return Optional.empty();
    }

    /** Returns the name of an account's tier; empty if there is no such account. */
    Optional<String> tierOf(String accountId);

    /** Every tier. */
    List<Tier> tiers();
}
