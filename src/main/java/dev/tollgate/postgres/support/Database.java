package dev.tollgate.postgres.support;

import jakarta.persistence.EntityManager;
import java.util.function.Function;

/** Runs work against PostgreSQL: in the server's transactions, or, outside a server, in transactions of its own. */
public interface Database {

    /**
     * Does the work in a transaction: the caller's if there is one, else one of its own, committed on return and rolled
     * back if the work throws. What the work throws that is not the database's comes out as it is.
     *
     * @throws dev.tollgate.core.account.DatabaseUnavailableException if the database cannot be reached or is too busy
     */
    <T> T inTransaction(Function<EntityManager, T> work);
}
