package dev.tollgate.boot;

import dev.tollgate.usage.Ledger;
import dev.tollgate.usage.LedgerReport;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Startup;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Holds the ledger's sides against each other now and then, so that a mismatch shows without anybody asking. A look costs what
 * changed of late; the pause after it is at least thirty seconds and at least twenty times as long as it took.
 */
@ApplicationScoped
public class LedgerSampling {

    private static final Logger LOG = System.getLogger(LedgerSampling.class.getName());
    private static final long FIRST_SECONDS = 5;
    private static final long SHORTEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long PAUSES_PER_LOOK = 20;

    @Resource
    private ManagedScheduledExecutorService executor;

    @Inject
    private Ledger ledger;

    private volatile Optional<LedgerReport> latest = Optional.empty();
    private volatile boolean ended;
    private volatile ScheduledFuture<?> next;

    void start(@Observes Startup event) {
        // Its coming here has made this bean.
    }

    @PostConstruct
    void begin() {
        next = executor.schedule(this::look, FIRST_SECONDS, TimeUnit.SECONDS);
    }

    @PreDestroy
    void end() {
        ended = true;
        next.cancel(false);
    }

    private void look() {
        long begun = System.nanoTime();
        try {
            latest = Optional.of(ledger.report());
        } catch (RuntimeException e) {
            latest = Optional.empty();
            LOG.log(Level.DEBUG, "the ledger cannot be looked at now", e);
        }
        if (!ended) {
            long took = System.nanoTime() - begun;
            try {
                next = executor.schedule(
                        this::look, Math.max(SHORTEST_PAUSE_NANOS, PAUSES_PER_LOOK * took), TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException e) {
                LOG.log(Level.DEBUG, "the application ends", e);
            }
        }
    }

    /** What the last look saw; empty if it could not be made. */
    public Optional<LedgerReport> latest() {
        return latest;
    }
}
