package dev.tollgate.jpa;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.eclipse.persistence.config.SessionCustomizer;
import org.eclipse.persistence.sessions.DatabaseLogin;
import org.eclipse.persistence.sessions.Login;
import org.eclipse.persistence.sessions.Session;
import org.eclipse.persistence.sessions.SessionEvent;
import org.eclipse.persistence.sessions.SessionEventAdapter;
import org.eclipse.persistence.sessions.server.ServerSession;

/**
 * Keeps EclipseLink from trying again by itself. By default it sleeps 5 s and tries three times when a connection cannot be
 * had, on the thread of the request: whoever asks here has an answer for a database that is away, and wants it at once. And lets
 * it begin without a database, which Payara asks for when it deploys.
 *
 * <p>Of the older of two interfaces with this one method: on Payara 6 the server's own EclipseLink is at work, 4.0.1, which
 * knows no other.
 */
@SuppressWarnings("removal")
public final class FailFast implements SessionCustomizer {

    @Override
    public void customize(Session session) {
        for (Login each : logins(session)) {
            if (each instanceof DatabaseLogin login) {
                login.setQueryRetryAttemptCount(0);
                login.setDelayBetweenConnectionAttempts(0);
                login.setConnectionHealthValidatedOnError(false);
                LateConnector connector = new LateConnector(login.getConnector());
                login.setConnector(connector);
                session.getEventManager().addListener(new SessionEventAdapter() {
                    @Override
                    public void postLogin(SessionEvent event) {
                        connector.begun();
                    }
                });
            }
        }
    }

    /** The session's, and those of its pools, which may be copies by now. */
    private static Set<Login> logins(Session session) {
        Set<Login> logins = Collections.newSetFromMap(new IdentityHashMap<>());
        logins.add(session.getDatasourceLogin());
        if (session instanceof ServerSession server) {
            server.getConnectionPools().values().forEach(pool -> logins.add(pool.getLogin()));
            if (server.getReadConnectionPool() != null) {
                logins.add(server.getReadConnectionPool().getLogin());
            }
        }
        return logins;
    }
}
