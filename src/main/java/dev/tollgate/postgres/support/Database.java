package dev.tollgate.postgres.support;

import jakarta.persistence.EntityManager;
import java.util.function.Function;

/** Access to PostgreSQL in transactions: the server's, or, outside a server, its own. Thread-safe; blocks. */
public interface Database {

    /**
     * Runs work in the caller's transaction, or else in a new one, which is committed on return and rolled back if the work
     * throws. Exceptions of the work that are not about the database are thrown as they are.
     *
     * @throws dev.tollgate.core.account.DatabaseUnavailableException if the database cannot be reached or is overloaded
     */
    <T> T inTransaction(Function<EntityManager, T> work);
}
