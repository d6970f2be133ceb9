package dev.tollgate.postgres.support;

import jakarta.enterprise.inject.spi.CDI;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import javax.sql.DataSource;
import org.eclipse.persistence.exceptions.DatabaseException;
import org.eclipse.persistence.sessions.Connector;
import org.eclipse.persistence.sessions.Session;

/**
 * Connections of the data source that the settings name, which all else here uses too. Asked for at each connection, since
 * Payara makes a persistence unit before there are beans. Thread-safe.
 */
final class ServerDataSource implements Connector {

    private static final long serialVersionUID = 1L;

    @Override
    public Connection connect(Properties properties, Session session) {
        try {
            return CDI.current().select(DataSource.class).get().getConnection();
        } catch (SQLException e) {
            throw DatabaseException.sqlException(e);
        }
    }

    /** Itself: it has nothing that could be changed. */
    @Override
    public Object clone() {
        return this;
    }

    @Override
    public String getConnectionDetails() {
        return "the data source of the settings";
    }

    @Override
    public void toString(PrintWriter writer) {
        writer.print(getConnectionDetails());
    }
}
