package dev.tollgate.ops.console;

import dev.tollgate.core.async.SafeTask;
import dev.tollgate.core.traffic.CallerPeaks.Peak;
import dev.tollgate.core.traffic.PeakStore;
import dev.tollgate.core.traffic.Traffic;
import dev.tollgate.gate.DecisionAuditor;
import dev.tollgate.ops.BackgroundWork;
import dev.tollgate.rest.admin.OverviewBroadcaster;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Startup;
import jakarta.inject.Inject;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** The periodic tasks behind the console: traffic, streams of the overview, and the peaks of callers. */
@ApplicationScoped
public class PeriodicTasks {

    private static final int PEAKS_SECONDS = 5;

    @Inject
    @BackgroundWork
    private ScheduledExecutorService executor;

    @Inject
    private Traffic traffic;

    @Inject
    private OverviewBroadcaster streams;

    @Inject
    private DecisionAuditor auditor;

    @Inject
    private PeakStore peaks;

    private List<ScheduledFuture<?>> tasks = List.of();

    void start(@Observes Startup event) {
        tasks = List.of(
                executor.scheduleAtFixedRate(
                        SafeTask.of(() -> traffic.tick(System.currentTimeMillis())), 1, 1, TimeUnit.SECONDS),
                executor.scheduleWithFixedDelay(SafeTask.of(streams::send), 1, 1, TimeUnit.SECONDS),
                executor.scheduleWithFixedDelay(
                        SafeTask.of(this::keepPeaks), PEAKS_SECONDS, PEAKS_SECONDS, TimeUnit.SECONDS));
    }

    private void keepPeaks() {
        long now = System.currentTimeMillis();
        List<Peak> risen = auditor.peaks().drain(now);
        if (!risen.isEmpty()) {
            peaks.keep(risen, now);
        }
    }

    @PreDestroy
    void stop() {
        tasks.forEach(task -> task.cancel(false));
    }
}
