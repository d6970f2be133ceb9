package dev.tollgate.postgres.support;

import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.async.Failures;
import java.sql.SQLException;
import java.util.function.Supplier;

/** A classification of database errors: outages of the database, and statements it rejects. */
public final class DatabaseErrors {

    private DatabaseErrors() {}

    /**
     * Runs work with the database and throws {@link DatabaseUnavailableException} for an outage.
     *
     * @throws DatabaseUnavailableException if the database was unavailable
     */
    public static <T> T translating(Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException e) {
            throw isOutage(e) ? new DatabaseUnavailableException(e) : e;
        }
    }

    /**
     * Returns whether a failure is an outage. An SQLSTATE decides if there is one: data (22), constraints (23), and syntax or
     * access (42) are about the statement. A failure without one, from persistence, pooling or transactions, is an outage: no
     * connection was available, or the commit failed.
     */
    static boolean isOutage(Throwable failure) {
        boolean persistence = false;
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 20; depth++, cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                return !sql.getSQLState().matches("(22|23|42).*");
            }
            String type = cause.getClass().getName();
            persistence |= cause instanceof SQLException
                    || type.startsWith("jakarta.persistence.")
                    || type.startsWith("org.eclipse.persistence.")
                    || type.startsWith("jakarta.transaction.")
                    || type.startsWith("jakarta.resource.");
        }
        return persistence;
    }

    /**
     * Returns why the database failed, in one line for the log: what PostgreSQL or its driver said, without the texts of pools
     * and frameworks around it.
     */
    public static String reason(Throwable failure) {
        return Failures.reason(failure, cause -> cause instanceof SQLException sql && sql.getSQLState() != null);
    }
}
