package dev.tollgate.postgres.support;

import java.sql.SQLException;

/** The failure of a statement of the settlement. */
public class SettlementStoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public SettlementStoreException(SQLException cause) {
        super(cause.getMessage() + " (SQLSTATE " + cause.getSQLState() + ")", cause);
    }
}
