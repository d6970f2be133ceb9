package dev.tollgate.settlement;

import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.core.audit.AuditLog;
import dev.tollgate.core.audit.AuditMaintenance;
import dev.tollgate.core.refusal.RefusalLog;
import dev.tollgate.core.refusal.RefusalMaintenance;
import jakarta.annotation.PostConstruct;
import jakarta.ejb.Schedule;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import jakarta.inject.Inject;
import java.lang.System.Logger.Level;
import java.time.Instant;

/**
 * A timer that maintains the audit trail twice a minute, and deletes old refusals, on every node. A lock in the database keeps nodes
 * from noting the end of a ban twice.
 */
@Singleton
@Startup
@TransactionManagement(TransactionManagementType.BEAN)
public class AuditTimer {

    private static final System.Logger LOG = System.getLogger(AuditTimer.class.getName());

    @Inject
    private AuditLog log;

    @Inject
    private Settings settings;

    @Inject
    private RefusalLog refusals;

    private AuditMaintenance maintenance;
    private RefusalMaintenance ofRefusals;

    @PostConstruct
    void start() {
        maintenance = new AuditMaintenance(log, settings.get(SettingCatalog.AUDIT_RETENTION));
        ofRefusals = new RefusalMaintenance(refusals, settings.get(SettingCatalog.REFUSALS_RETENTION));
    }

    @Schedule(hour = "*", minute = "*", second = "*/30", persistent = false, info = "tollgate audit upkeep")
    void run() {
        try {
            maintenance.run(Instant.now());
            ofRefusals.run(Instant.now());
        } catch (RuntimeException e) {
            // The trail's writer and readiness report the outage; the next run catches up.
            LOG.log(Level.DEBUG, "the audit trail could not be maintained; the next run tries again", e);
        }
    }
}
