package dev.tollgate.postgres.support;

import org.eclipse.persistence.config.SessionCustomizer;
import org.eclipse.persistence.sessions.DatabaseLogin;
import org.eclipse.persistence.sessions.Session;
import org.eclipse.persistence.sessions.SessionEvent;
import org.eclipse.persistence.sessions.SessionEventAdapter;
import org.eclipse.persistence.sessions.server.ServerSession;

/**
 * A customizer of EclipseLink's sessions.
 *
 * <p>It sets the data source that the settings name, turns off retries, and lets a session start without a database, which
 * Payara needs to deploy. By default EclipseLink would sleep 5 s and try three times without a connection, on the thread of the
 * request; Tollgate wants the failure at once.
 *
 * <p>It implements the older of two interfaces with this method, since Payara 6 has its own EclipseLink 4.0.1, which knows no
 * other.
 */
@SuppressWarnings("removal")
public final class EclipseLinkCustomizer implements SessionCustomizer {

    @Override
    public void customize(Session session) {
        DatabaseLogin login = (DatabaseLogin) session.getDatasourceLogin();
        login.setQueryRetryAttemptCount(0);
        login.setDelayBetweenConnectionAttempts(0);
        login.setConnectionHealthValidatedOnError(false);
        if (login.shouldUseExternalTransactionController()) {
            useServersDataSource((ServerSession) session, login);
        }
    }

    /** Sets the connector for reads too. Payara would give them a pool over the server's default data source. */
    private static void useServersDataSource(ServerSession session, DatabaseLogin login) {
        LazyConnector connector = new LazyConnector(new ServerDataSource());
        login.setConnector(connector);
        login.useExternalConnectionPooling();
        session.setDefaultConnectionPool();
        session.setReadConnectionPool(session.getDefaultConnectionPool());
        session.getEventManager().addListener(new SessionEventAdapter() {
            @Override
            public void postLogin(SessionEvent event) {
                connector.begun();
            }
        });
    }
}
