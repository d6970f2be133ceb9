package dev.tollgate.boot;

import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.core.account.UsagePosting;
import dev.tollgate.core.audit.AuditSink;
import dev.tollgate.core.ledger.LastLedgerReport;
import dev.tollgate.core.ledger.LedgerReconciler;
import dev.tollgate.core.usage.PendingUsage;
import dev.tollgate.core.usage.PostedCounts;
import dev.tollgate.core.usage.PostedUsage;
import dev.tollgate.core.usage.UsageRecorder;
import dev.tollgate.postgres.settlement.JdbcSettlementStore;
import dev.tollgate.redis.batch.BatcherFor;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.decision.RedisQuotaCounters;
import dev.tollgate.redis.usage.RedisPendingUsage;
import dev.tollgate.redis.usage.RedisPostedUsage;
import dev.tollgate.settlement.LedgerMonitor;
import dev.tollgate.settlement.Settlement;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.redisson.api.RedissonClient;

/** Produces metering, posted usage, the settlement and the ledger. */
@ApplicationScoped
public class UsageProducers {

    /** The longest time a request that posts usage waits for Redis; after that the caller has to send it again. */
    private static final Duration POSTED_PATIENCE = Duration.ofSeconds(3);

    /** The name of this run of this node. No other run has it, so Redis recognizes a recording that is sent twice. */
    private final String node = UUID.randomUUID().toString();

    @Resource
    private ManagedThreadFactory threads;

    @Produces
    @Singleton
    PendingUsage pending(
            @BatcherFor(BatcherFor.Work.BACKGROUND) ScriptBatcher batcher, RedisKeys keys, RedissonClient redisson) {
        return new RedisPendingUsage(batcher, keys, redisson.getConfig().isClusterConfig());
    }

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
    LedgerReconciler ledger(PendingUsage pending, DataSource database) {
        return new LedgerReconciler(pending, new JdbcSettlementStore(database, node));
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
            PendingUsage pending,
            @BatcherFor(BatcherFor.Work.BACKGROUND) ScriptBatcher batcher,
            RedisKeys keys,
            DataSource database,
            AuditSink audit,
            Settings settings) {
        return new Settlement(
                pending,
                new JdbcSettlementStore(database, node),
                new RedisQuotaCounters(batcher, keys),
                audit,
                System::currentTimeMillis,
                settings.get(SettingCatalog.SETTLE_BATCH));
    }

    @Produces
    @Singleton
    UsageRecorder recorder(PendingUsage pending, Settings settings) {
        return new UsageRecorder(
                pending,
                node,
                settings.get(SettingCatalog.USAGE_FLUSH),
                settings.get(SettingCatalog.USAGE_BUFFER),
                System::currentTimeMillis,
                threads);
    }

    void close(@Disposes UsageRecorder recorder) {
        recorder.close();
    }
}
