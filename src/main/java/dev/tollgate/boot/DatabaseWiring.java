package dev.tollgate.boot;

import dev.tollgate.audit.AuditTrail;
import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.gate.BanKeeper;
import dev.tollgate.jpa.Database;
import dev.tollgate.jpa.JpaAuditTrail;
import dev.tollgate.jpa.JpaCallerHistory;
import dev.tollgate.limit.BanRecords;
import dev.tollgate.limit.BanRegister;
import dev.tollgate.limit.CallerHistory;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Singleton;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;

/**
 * What stands on PostgreSQL. What works on threads of its own gets them from the server, so that its transactions can be had.
 */
@ApplicationScoped
public class DatabaseWiring {

    /** The one name that both WildFly and Payara resolve. */
    private static final String DATA_SOURCE = "jdbc/tollgate";

    private static final int RECALLS = 4;
    private static final int RECALLS_WAITING = 10_000;

    @Resource
    private ManagedScheduledExecutorService executor;

    @Resource
    private ManagedThreadFactory threads;

    /** Of its own: an emptied Redis asks for every account at once, and looks at edits must not wait behind that. */
    private ThreadPoolExecutor recalling;

    @Produces
    @Singleton
    DataSource dataSource() {
        try {
            return (DataSource) new InitialContext().lookup(DATA_SOURCE);
        } catch (NamingException e) {
            throw new IllegalStateException(
                    "no data source " + DATA_SOURCE + ": run the scripts in server-config first", e);
        }
    }

    @Produces
    @Singleton
    CallerHistory callerHistory(Database database) {
        recalling = new ThreadPoolExecutor(
                RECALLS,
                RECALLS,
                30,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(RECALLS_WAITING),
                threads,
                new ThreadPoolExecutor.AbortPolicy());
        recalling.allowCoreThreadTimeOut(true);
        return new JpaCallerHistory(database, recalling);
    }

    @PreDestroy
    void stop() {
        if (recalling != null) {
            recalling.shutdownNow();
        }
    }

    @Produces
    @Singleton
    BanRegister banRegister(BanRecords records) {
        return new BanKeeper(records, executor);
    }

    @Produces
    @Singleton
    @Typed({AuditTrail.class, JpaAuditTrail.class})
    JpaAuditTrail auditTrail(Database database, Settings settings) {
        return new JpaAuditTrail(database, settings.get(SettingCatalog.AUDIT_BUFFER), threads);
    }

    /** Writes what waits. */
    void close(@Disposes JpaAuditTrail trail) {
        trail.close();
    }
}
