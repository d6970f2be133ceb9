package dev.tollgate.core.account;

import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.paging.Page;
import dev.tollgate.core.paging.PageRequest;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A port to the accounts in PostgreSQL. Methods block, each in a transaction of its own, and throw
 * {@link DatabaseUnavailableException} when the database cannot be reached.
 */
public interface Accounts {

    /** The longest name. */
    int MAX_NAME = 200;

    /**
     * Makes an account.
     *
     * @param name 1 to {@value #MAX_NAME} characters
     * @param tier the name of a tier there is
     */
    Account create(String name, String tier);

    /** The account with this id; empty for none, also where the text is no id at all. */
    Optional<Account> find(String id);

    /** Returns the names of those of these accounts that there are, by id. */
    Map<String, String> names(Collection<String> ids);

    /** What accounts can be sorted by. */
    Set<String> COLUMNS = Set.of("id", "name", "tier", "createdAt");

    /** Open accounts, newest first or as the request says; a text is searched in names, and an id is found whole. */
    Page<Account> page(PageRequest request);

    /**
     * Renames an account, gives it another tier, or both.
     *
     * @param name the new name; empty to keep it
     * @param tier the name of a tier there is; empty to keep it
     * @return the account before and after, the same if it is closed; empty if there is none with this id
     */
    Optional<Change> change(String id, Optional<String> name, Optional<String> tier);

    /**
     * Makes an account's settled units of a month zero. Settlements that read the month's counter before this do not raise it
     * again. Does nothing if there is no such account.
     */
    void resetMonth(String id, BillingMonth month);

    /** What an edit did. */
    record Change(Account before, Account after) {}

    /**
     * Closes an account for good: revokes its keys and takes it out of lists. A closed one can be closed again, to delete its
     * usage.
     *
     * @param usage what becomes of its settled usage
     * @return empty if there is none with this id
     */
    Optional<Closing> close(String id, Usage usage);

    /** What becomes of the usage of an account that is closed. */
    enum Usage {
        /** It stays. */
        KEEP,
        /** It is deleted, of all its keys, with their totals and the account's months. */
        DELETE
    }

    /**
     * What a closing did.
     *
     * @param account the account afterwards
     * @param done false if it was closed before
     * @param hashes of its keys and of those of their secrets that were good until now
     */
    record Closing(Account account, boolean done, List<String> hashes) {}
}
