package dev.tollgate.postgres.support;

import java.sql.SQLException;

/** The database did not do what the settlement asked of it. */
public class SettlementStoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public SettlementStoreException(SQLException cause) {
        super(cause.getMessage() + " (SQLSTATE " + cause.getSQLState() + ")", cause);
    }
}
