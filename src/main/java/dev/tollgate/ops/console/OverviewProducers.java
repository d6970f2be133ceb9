package dev.tollgate.ops.console;

import dev.tollgate.core.ledger.LedgerReconciler;
import dev.tollgate.core.ledger.LedgerReport;
import dev.tollgate.core.ledger.SettlementLog;
import dev.tollgate.core.limit.BanRepository;
import dev.tollgate.core.paging.PageRequest;
import dev.tollgate.core.traffic.DailyUsage;
import dev.tollgate.core.traffic.Overview;
import dev.tollgate.core.traffic.OverviewService;
import dev.tollgate.core.traffic.Traffic;
import dev.tollgate.gate.Gate;
import dev.tollgate.ops.metrics.RedisSampler;
import dev.tollgate.redis.batch.BatcherFor;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.batch.SlidingHistogram.Minute;
import dev.tollgate.settlement.SettlementTimer;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Locale;

/** Produces the overview of the whole, from traffic, Redis, usage, the ledger and bans. */
@ApplicationScoped
public class OverviewProducers {

    @Resource
    private ManagedExecutorService executor;

    /** One argument for each part of the overview, which is more than five. */
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
            SettlementTimer timer,
            RedisSampler sampler) {
        return new OverviewService(
                traffic,
                new OverviewService.Sources(
                        () -> redis(gate, decisions, sampler.alarm().isHigh()),
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

    private static Overview.Redis redis(Gate gate, ScriptBatcher decisions, boolean slow) {
        Minute minute = decisions.lastMinute();
        return new Overview.Redis(
                gate.breakerState().name().toLowerCase(Locale.ROOT),
                minute.roundTrips(),
                minute.p50Micros(),
                minute.p99Micros(),
                slow ? "high" : "normal");
    }

    private static Overview.Sums sums(LedgerReport report) {
        return new Overview.Sums(
                report.recorded(), report.settled(), report.pending(), report.setAside(), report.isBalanced());
    }
}
