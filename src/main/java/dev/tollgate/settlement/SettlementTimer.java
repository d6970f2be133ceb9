package dev.tollgate.settlement;

import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.core.async.Failures;
import dev.tollgate.core.usage.PendingUnavailableException;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.EJBContext;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.Timeout;
import jakarta.ejb.Timer;
import jakarta.ejb.TimerConfig;
import jakarta.ejb.TimerService;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import jakarta.inject.Inject;
import java.lang.System.Logger.Level;
import java.util.concurrent.locks.ReentrantLock;

/**
 * An EJB timer that runs the settlement at the interval of {@code tollgate.settle.interval}.
 *
 * <p>Each run sets the timer for the next one when it ends, so the runs of a node never overlap. Runs of different nodes
 * exclude each other by the settlement's lock. Thread-safe.
 */
@Singleton
@Startup
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionManagement(TransactionManagementType.BEAN)
public class SettlementTimer {

    private static final System.Logger LOG = System.getLogger(SettlementTimer.class.getName());
    private static final TimerConfig NOT_PERSISTENT = new TimerConfig("tollgate settlement", false);

    @Resource
    private TimerService timers;

    @Resource
    private EJBContext context;

    @Inject
    private Settlement settlement;

    @Inject
    private LedgerMonitor ledger;

    @Inject
    private Settings settings;

    private final SettlementStats stats = new SettlementStats();
    /** Held by a run, of the timer or of an administrator. */
    private final ReentrantLock running = new ReentrantLock();

    private volatile boolean failing;
    private volatile boolean stopped;

    @PostConstruct
    void start() {
        scheduleNext();
    }

    @PreDestroy
    void stop() {
        stopped = true;
    }

    @Timeout
    void settle(Timer timer) {
        try {
            settleNow();
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "the settlement failed", e);
        } finally {
            scheduleNext();
        }
    }

    /**
     * Settles on the calling thread, after a run in progress has ended.
     *
     * @return the result; nothing was settled if another node held the lock
     * @throws RuntimeException if Redis or PostgreSQL failed; the next run finds what is unfinished
     */
    public Settlement.SettlementResult settleNow() {
        running.lock();
        long startedAt = System.nanoTime();
        try {
            Settlement.SettlementResult pass = settlement.settle(new JtaTransactions(context.getUserTransaction()));
            long endedAt = System.nanoTime();
            stats.record(pass, endedAt, endedAt - startedAt);
            boolean checked = ledger.check(pass.ran());
            // An idle pass asks Redis alone, and says nothing about PostgreSQL.
            if (checked || pass.batches() > 0) {
                onSuccess(pass);
            }
            return pass;
        } catch (RuntimeException e) {
            stats.recordFailure(System.nanoTime() - startedAt);
            onFailure(e);
            throw e;
        } finally {
            running.unlock();
        }
    }

    private void onSuccess(Settlement.SettlementResult pass) {
        if (failing) {
            failing = false;
            LOG.log(
                    Level.INFO,
                    "the settlement works again: keys={0,number,#} requests={1,number,#}",
                    pass.keys(),
                    pass.requests());
        }
    }

    private void onFailure(RuntimeException e) {
        if (!failing) {
            failing = true;
            boolean redis = e instanceof PendingUnavailableException;
            LOG.log(
                    Level.WARNING,
                    redis
                            ? "the settlement fails, since Redis does not answer; usage waits in the memory of the nodes: {0}"
                            : "the settlement fails, since PostgreSQL cannot be written; usage waits in Redis: {0}",
                    Failures.reason(e));
        }
    }

    private void scheduleNext() {
        if (stopped) {
            return;
        }
        try {
            timers.createSingleActionTimer(
                    settings.get(SettingCatalog.SETTLE_INTERVAL).toMillis(), NOT_PERSISTENT);
        } catch (RuntimeException e) {
            if (!stopped) {
                LOG.log(Level.ERROR, "the timer of the settlement could not be set", e);
            }
        }
    }

    /** Returns the counts of this node's runs. */
    public SettlementStats stats() {
        return stats;
    }

    /** Returns whether the last run failed. */
    public boolean isFailing() {
        return failing;
    }
}
