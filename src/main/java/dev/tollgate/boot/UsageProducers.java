package dev.tollgate.boot;

import dev.tollgate.assembly.GateAssembly;
import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.core.account.UsagePosting;
import dev.tollgate.core.audit.AuditSink;
import dev.tollgate.core.ledger.LastLedgerReport;
import dev.tollgate.core.ledger.LedgerReconciler;
import dev.tollgate.core.ledger.Quarantine;
import dev.tollgate.core.ledger.QuarantineRetry;
import dev.tollgate.core.ledger.SettlementTrigger;
import dev.tollgate.core.usage.PendingUsage;
import dev.tollgate.core.usage.PostedCounts;
import dev.tollgate.core.usage.PostedUsage;
import dev.tollgate.postgres.settlement.JdbcSettlementStore;
import dev.tollgate.redis.batch.BatcherFor;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.decision.RedisQuotaCounters;
import dev.tollgate.redis.usage.RedisPostedUsage;
import dev.tollgate.settlement.LedgerMonitor;
import dev.tollgate.settlement.Settlement;
import dev.tollgate.settlement.SettlementTimer;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Set;
import javax.sql.DataSource;
import org.redisson.api.RedissonClient;

/** Produces posted usage, the settlement and the ledger. */
@ApplicationScoped
public class UsageProducers {

    /** The longest time a request that posts usage waits for Redis; after that the caller has to send it again. */
    private static final Duration POSTED_PATIENCE = Duration.ofSeconds(3);

    @Produces
    @Singleton
    PostedUsage posted(
            @BatcherFor(BatcherFor.Work.BACKGROUND) ScriptBatcher batcher,
            RedisKeys keys,
            RedissonClient redisson,
            Settings settings) {
        return new RedisPostedUsage(
                batcher,
                keys,
                redisson.getConfig().isClusterConfig(),
                new RedisPostedUsage.Bounds(
                        settings.get(SettingCatalog.USAGE_IDS),
                        settings.get(SettingCatalog.USAGE_CELLS),
                        Set.copyOf(settings.get(SettingCatalog.ALLOW_ACCOUNTS))),
                POSTED_PATIENCE);
    }

    @Produces
    @Singleton
    PostedCounts postedCounts() {
        return new PostedCounts();
    }

    @Produces
    @Singleton
    UsagePosting posting(Settings settings) {
        return settings.get(SettingCatalog.USAGE_POST);
    }

    @Produces
    @Singleton
    LedgerReconciler ledger(GateAssembly assembly, DataSource database) {
        return new LedgerReconciler(assembly.pending(), new JdbcSettlementStore(database, assembly.nodeName()));
    }

    @Produces
    @Singleton
    LastLedgerReport ledgerState() {
        return new LastLedgerReport();
    }

    @Produces
    @Singleton
    LedgerMonitor ledgerCheck(LedgerReconciler ledger, LastLedgerReport state, AuditSink audit) {
        return new LedgerMonitor(ledger, state, audit, System::currentTimeMillis);
    }

    @Produces
    @Singleton
    Settlement settlement(
            GateAssembly assembly,
            @BatcherFor(BatcherFor.Work.BACKGROUND) ScriptBatcher batcher,
            RedisKeys keys,
            DataSource database,
            AuditSink audit,
            Settings settings) {
        return new Settlement(
                assembly.pending(),
                new JdbcSettlementStore(database, assembly.nodeName()),
                new RedisQuotaCounters(batcher, keys),
                audit,
                System::currentTimeMillis,
                settings.get(SettingCatalog.SETTLE_BATCH));
    }

    @Produces
    @Singleton
    SettlementTrigger settleNow(SettlementTimer timer) {
        return () -> {
            Settlement.SettlementResult pass = timer.settleNow();
            return new SettlementTrigger.Result(
                    pass.ran(), pass.batches(), pass.keys(), pass.requests(), pass.setAside(), pass.failed());
        };
    }

    @Produces
    @Singleton
    QuarantineRetry retry(PendingUsage pending, Quarantine quarantine) {
        return new QuarantineRetry(pending, quarantine);
    }
}
