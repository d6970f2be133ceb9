package dev.tollgate.postgres.support;

import dev.tollgate.core.account.DatabaseUnavailableException;
import java.sql.SQLException;
import java.util.function.Supplier;

/** Tells a database that cannot serve from a statement it refuses. */
public final class DatabaseErrors {

    private DatabaseErrors() {}

    /**
     * Does something with the database, turning its outages into {@link DatabaseUnavailableException}.
     *
     * @throws DatabaseUnavailableException if it failed because the database could not serve
     */
    public static <T> T translating(Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException e) {
            throw isOutage(e) ? new DatabaseUnavailableException(e) : e;
        }
    }

    /**
     * Whether the failure is about the database or its connections, and not about what it was asked. Where there is an
     * SQLSTATE it decides: data (22), constraints (23), and syntax or access (42) are the statement's. A failure without
     * one that comes from persistence, pooling or transactions is an outage: no connection to be had, no commit.
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
}
