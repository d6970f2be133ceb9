package dev.tollgate.postgres.support;

import java.io.PrintWriter;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.eclipse.persistence.sessions.Connector;
import org.eclipse.persistence.sessions.Session;

/**
 * A connector to the server's data source that needs no database at the start. EclipseLink takes a connection at its login and
 * returns it unused. If the database is unavailable then, it gets one that can only be closed. Thread-safe.
 */
final class LazyConnector implements Connector {

    private static final long serialVersionUID = 1L;

    private final Connector source;
    private volatile boolean begun;

    /** Creates it over the connector of the data source. */
    LazyConnector(Connector source) {
        this.source = source;
    }

    /** Ends the login: from now on an unavailable database is an error. */
    void begun() {
        begun = true;
    }

    @Override
    public Connection connect(Properties properties, Session session) {
        try {
            return source.connect(properties, session);
        } catch (RuntimeException e) {
            // On Payara there are no beans yet; a wrong setting is reported where it is used.
            if (begun) {
                throw e;
            }
            return unconnected();
        }
    }

    private static Connection unconnected() {
        return (Connection) Proxy.newProxyInstance(
                LazyConnector.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "close":
                            return null;
                        case "isClosed":
                            return false;
                        case "hashCode":
                            return System.identityHashCode(proxy);
                        case "equals":
                            return proxy == arguments[0];
                        case "toString":
                            return "no connection yet";
                        default:
                            throw new SQLException("no connection yet", "08001");
                    }
                });
    }

    /** Returns this object, which is immutable. EclipseLink clones logins for each session. */
    @Override
    public Object clone() {
        return this;
    }

    @Override
    public String getConnectionDetails() {
        return source.getConnectionDetails();
    }

    @Override
    public void toString(PrintWriter writer) {
        source.toString(writer);
    }
}
