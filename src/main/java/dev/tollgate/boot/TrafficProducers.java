package dev.tollgate.boot;

import dev.tollgate.core.ledger.LedgerReconciler;
import dev.tollgate.core.ledger.LedgerReport;
import dev.tollgate.core.ledger.Quarantine;
import dev.tollgate.core.ledger.QuarantineRetry;
import dev.tollgate.core.ledger.SettlementLog;
import dev.tollgate.core.ledger.SettlementTrigger;
import dev.tollgate.core.limit.BanRepository;
import dev.tollgate.core.paging.PageRequest;
import dev.tollgate.core.traffic.DailyUsage;
import dev.tollgate.core.traffic.Overview;
import dev.tollgate.core.traffic.OverviewService;
import dev.tollgate.core.traffic.Traffic;
import dev.tollgate.core.usage.PendingUsage;
import dev.tollgate.gate.Gate;
import dev.tollgate.redis.batch.BatcherFor;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.batch.SlidingHistogram.Minute;
import dev.tollgate.settlement.Settlement;
import dev.tollgate.settlement.SettlementTimer;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Locale;

/** Produces what the console shows of the whole, and operations on the settlement. */
@ApplicationScoped
public class TrafficProducers {

    @Resource
    private ManagedExecutorService executor;

    @Produces
    @Singleton
    OverviewService overviews(
            Traffic traffic,
            Gate gate,
            @BatcherFor(BatcherFor.Work.DECISIONS) ScriptBatcher decisions,
            DailyUsage days,
            LedgerReconciler ledger,
            SettlementLog log,
            BanRepository bans,
            SettlementTimer timer) {
        return new OverviewService(
                traffic,
                new OverviewService.Sources(
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
