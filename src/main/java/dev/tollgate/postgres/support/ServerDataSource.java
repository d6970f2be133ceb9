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
 * A connector to the data source that the settings name. It looks the data source up for each connection, since Payara creates
 * the persistence unit before there are beans. Thread-safe.
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

    /** Returns this object, which is immutable. */
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
