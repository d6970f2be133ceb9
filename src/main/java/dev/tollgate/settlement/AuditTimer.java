package dev.tollgate.settlement;

import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.core.audit.AuditLog;
import dev.tollgate.core.audit.AuditMaintenance;
import jakarta.annotation.PostConstruct;
import jakarta.ejb.Schedule;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import jakarta.inject.Inject;
import java.lang.System.Logger.Level;
import java.time.Instant;

/** Runs the audit trail's upkeep twice a minute, on every node: the trail itself sees to it that nothing is done twice. */
@Singleton
@Startup
@TransactionManagement(TransactionManagementType.BEAN)
public class AuditTimer {

    private static final System.Logger LOG = System.getLogger(AuditTimer.class.getName());

    @Inject
    private AuditLog log;

    @Inject
    private Settings settings;

    private AuditMaintenance upkeep;

    @PostConstruct
    void start() {
        upkeep = new AuditMaintenance(log, settings.get(SettingCatalog.AUDIT_RETENTION));
    }

    @Schedule(hour = "*", minute = "*", second = "*/30", persistent = false, info = "tollgate audit upkeep")
    void run() {
        try {
            upkeep.run(Instant.now());
        } catch (RuntimeException e) {
            // The trail's writer and readiness say that the database is away; the next run catches up.
            LOG.log(Level.DEBUG, "the audit trail's upkeep waits for the database", e);
        }
    }
}
