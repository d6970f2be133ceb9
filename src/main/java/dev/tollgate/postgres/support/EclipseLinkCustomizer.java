package dev.tollgate.postgres.support;

import org.eclipse.persistence.config.SessionCustomizer;
import org.eclipse.persistence.sessions.DatabaseLogin;
import org.eclipse.persistence.sessions.Session;
import org.eclipse.persistence.sessions.SessionEvent;
import org.eclipse.persistence.sessions.SessionEventAdapter;
import org.eclipse.persistence.sessions.server.ServerSession;

/**
 * Has EclipseLink take its connections from the data source that the settings name, and keeps it from trying again by itself.
 * By default it sleeps 5 s and tries three times when a connection cannot be had, on the thread of the request: whoever asks
 * here has an answer for a database that is away, and wants it at once. And lets it begin without a database, which Payara asks
 * for when it deploys.
 *
 * <p>Of the older of two interfaces with this one method: on Payara 6 the server's own EclipseLink is at work, 4.0.1, which
 * knows no other.
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

    /** For reading too: Payara gives reads a pool of their own, over the server's default data source, outside transactions. */
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
