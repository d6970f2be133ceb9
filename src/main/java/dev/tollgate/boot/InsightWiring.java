package dev.tollgate.boot;

import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.core.audit.AuditTrail;
import dev.tollgate.core.ledger.Ledger;
import dev.tollgate.core.ledger.LedgerReport;
import dev.tollgate.core.ledger.SetAsideRetry;
import dev.tollgate.core.ledger.SetAsideUsages;
import dev.tollgate.core.ledger.SettlementLog;
import dev.tollgate.core.ledger.SettlementRun;
import dev.tollgate.core.limit.BanRepository;
import dev.tollgate.core.limit.ViolationLog;
import dev.tollgate.core.paging.PageRequest;
import dev.tollgate.core.traffic.DailyUsage;
import dev.tollgate.core.traffic.Overview;
import dev.tollgate.core.traffic.Overviews;
import dev.tollgate.core.traffic.Traffic;
import dev.tollgate.core.traffic.UploadCounts;
import dev.tollgate.core.usage.PendingUsage;
import dev.tollgate.gate.DecisionAuditor;
import dev.tollgate.gate.DecisionCounts;
import dev.tollgate.gate.Gate;
import dev.tollgate.redis.batch.BatcherFor;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.batch.SlidingHistogram.Minute;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.decision.RedisViolationLog;
import dev.tollgate.redis.usage.RedisTrafficStore;
import dev.tollgate.settlement.Settlement;
import dev.tollgate.settlement.SettlementTimer;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Locale;

/** What operators look at. */
@ApplicationScoped
public class InsightWiring {

    @Resource
    private ManagedExecutorService executor;

    @Produces
    @Singleton
    ViolationLog violations(
            @BatcherFor(BatcherFor.Work.BACKGROUND) ScriptBatcher work, RedisKeys keys, Settings settings) {
        return new RedisViolationLog(work, keys, settings.get(SettingCatalog.BAN_MEMORY));
    }

    @Produces
    @Singleton
    DecisionAuditor incidents(AuditTrail trail, ViolationLog violations) {
        return new DecisionAuditor(trail, violations);
    }

    @Produces
    @Singleton
    UploadCounts uploads() {
        return new UploadCounts();
    }

    @Produces
    @Singleton
    Traffic traffic(
            DecisionCounts counts,
            UploadCounts uploads,
            @BatcherFor(BatcherFor.Work.BACKGROUND) ScriptBatcher work,
            RedisKeys keys) {
        return new Traffic(() -> uploads.with(counts.traffic()), new RedisTrafficStore(work, keys));
    }

    @Produces
    @Singleton
    Overviews overviews(
            Traffic traffic,
            Gate gate,
            @BatcherFor(BatcherFor.Work.DECISIONS) ScriptBatcher decisions,
            DailyUsage days,
            Ledger ledger,
            SettlementLog log,
            BanRepository bans,
            SettlementTimer timer) {
        return new Overviews(
                traffic,
                new Overviews.Sources(
                        () -> redis(gate, decisions),
                        day -> days.between(day, day).get(0),
                        () -> sums(ledger.report()),
                        () -> log.batches(new PageRequest(1, 1, "")).items().stream()
                                .findFirst(),
                        () -> bans.active(new PageRequest(1, 1, ""), System.currentTimeMillis())
                                .total(),
                        timer::isFailing),
                System::currentTimeMillis,
                executor);
    }

    @Produces
    @Singleton
    SettlementRun settleNow(SettlementTimer timer) {
        return () -> {
            Settlement.Pass pass = timer.settleNow();
            return new SettlementRun.Done(
                    pass.ran(), pass.batches(), pass.keys(), pass.requests(), pass.setAside(), pass.failed());
        };
    }

    @Produces
    @Singleton
    SetAsideRetry retry(PendingUsage pending, SetAsideUsages aside) {
        return new SetAsideRetry(pending, aside);
    }

    private static Overview.Redis redis(Gate gate, ScriptBatcher decisions) {
        Minute minute = decisions.lastMinute();
        return new Overview.Redis(
                gate.breakerState().name().toLowerCase(Locale.ROOT),
                minute.roundTrips(),
                minute.p50Micros(),
                minute.p99Micros());
    }

    private static Overview.Sums sums(LedgerReport report) {
        return new Overview.Sums(
                report.recorded(), report.settled(), report.pending(), report.setAside(), report.isBalanced());
    }
}
