package dev.tollgate.core.account;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A port to the principals in PostgreSQL that belong to accounts. A principal is stored as a key of another kind, which has the
 * hash of its name; its usage is metered under it. Methods block, each in a transaction of its own, and throw
 * {@link DatabaseUnavailableException} when the database cannot be reached.
 */
public interface Principals {

    /**
     * A principal of an account.
     *
     * @param id the key that it is stored as; usage is metered under it
     * @param name its name
     * @param createdAt when it was linked or first seen
     */
    record Linked(String id, String name, Instant createdAt) {}

    /**
     * Links a principal to an account.
     *
     * @param accountId the id of an account there is
     * @return empty if the principal belongs to an account already
     */
    Optional<Linked> link(String accountId, PrincipalName name);

    /** Returns the first 1,000 principals of an account, by name. */
    List<Linked> of(String accountId);

    /**
     * Takes a principal from its account, so that it is its address again, or may be linked to another. Its usage stays.
     *
     * @param id the principal's id
     * @return its name; empty if the account has none with this id
     */
    Optional<PrincipalName> unlink(String accountId, String id);
}
