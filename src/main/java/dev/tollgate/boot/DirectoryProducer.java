package dev.tollgate.boot;

import dev.tollgate.audit.AuditTrail;
import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.jpa.Database;
import dev.tollgate.jpa.JpaAuditTrail;
import dev.tollgate.jpa.JpaCallerHistory;
import dev.tollgate.limit.CallerHistory;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Singleton;

/** Makes what works with PostgreSQL on threads of its own. They are the server's, so that its transactions can be had. */
@ApplicationScoped
public class DirectoryProducer {

    @Resource
    private ManagedThreadFactory threads;

    @Resource
    private ManagedExecutorService executor;

    /** The audit trail, which writes behind the requests' backs from now on. */
    @Produces
    @Singleton
    @Typed({AuditTrail.class, JpaAuditTrail.class})
    public JpaAuditTrail auditTrail(Database database, Settings settings) {
        return new JpaAuditTrail(database, settings.get(SettingCatalog.AUDIT_BUFFER), threads);
    }

    /** Writes what waits. */
    public void close(@Disposes JpaAuditTrail trail) {
        trail.close();
    }

    /** What PostgreSQL remembers of callers. */
    @Produces
    @Singleton
    public CallerHistory callerHistory(Database database) {
        return new JpaCallerHistory(database, executor);
    }
}
