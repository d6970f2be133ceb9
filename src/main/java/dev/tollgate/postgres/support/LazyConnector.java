package dev.tollgate.postgres.support;

import java.io.PrintWriter;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.eclipse.persistence.sessions.Connector;
import org.eclipse.persistence.sessions.Session;

/**
 * Connections of the server's data source, except that beginning asks for none: EclipseLink takes one at its login and gives it
 * back unused, and if the database is away then, one that can only be closed serves as well. Thread-safe.
 */
final class LazyConnector implements Connector {

    private static final long serialVersionUID = 1L;

    private final Connector source;
    private volatile boolean begun;

    /** Over the data source's own. */
    LazyConnector(Connector source) {
        this.source = source;
    }

    /** The login is over: from now on a database that is away is an error. */
    void begun() {
        begun = true;
    }

    @Override
    public Connection connect(Properties properties, Session session) {
        try {
            return source.connect(properties, session);
        } catch (RuntimeException e) {
            // On Payara there are no beans yet, and a bad setting is told by those who need it.
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

    /** Itself: it has nothing that could be changed. EclipseLink clones logins for each session. */
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
