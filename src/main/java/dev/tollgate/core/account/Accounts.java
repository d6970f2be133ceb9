package dev.tollgate.core.account;

import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.paging.Page;
import dev.tollgate.core.paging.PageRequest;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

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

    /** Accounts, newest first; a text is searched in names, and an id is found whole. */
    Page<Account> page(PageRequest request);

    /**
     * Renames an account, gives it another tier, or both.
     *
     * @param name the new name; empty to keep it
     * @param tier the name of a tier there is; empty to keep it
     * @return the account before and after; empty if there is none with this id
     */
    Optional<Change> change(String id, Optional<String> name, Optional<String> tier);

    /**
     * Makes an account's settled units of a month zero. Settlements that read the month's counter before this do not raise it
     * again. Does nothing if there is no such account.
     */
    void resetMonth(String id, BillingMonth month);

    /** What an edit did. */
    record Change(Account before, Account after) {}
}
