package dev.tollgate.core.account;

import java.util.Optional;

/**
 * A port to the overrides of accounts' limits in PostgreSQL. Methods block, each in a transaction of its own, and throw
 * {@link DatabaseUnavailableException} when the database cannot be reached.
 */
public interface LimitOverrides {

    /** The override of an account; empty for none. It may have ended. */
    Optional<LimitOverride> find(String accountId);

    /**
     * Sets an account's override, instead of the one it has.
     *
     * @param accountId the id of an account there is
     * @return what it was before; empty for none
     */
    Optional<LimitOverride> put(String accountId, LimitOverride override);

    /** Takes an account's override away. Returns what it was; empty for none. */
    Optional<LimitOverride> remove(String accountId);
}
