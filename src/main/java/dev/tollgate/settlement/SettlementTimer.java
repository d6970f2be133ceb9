package dev.tollgate.settlement;

import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
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
 * Runs the settlement every few seconds. Each run sets the timer for the next when it has ended, so that runs of one node
 * never overlap; runs of several nodes exclude each other by the settlement's lock.
 */
@Singleton
@Startup
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionManagement(TransactionManagementType.BEAN)
public class SettlementTimer {

    private static final System.Logger LOG = System.getLogger(SettlementTimer.class.getName());
    private static final TimerConfig NOT_KEPT = new TimerConfig("tollgate settlement", false);

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
    /** Of the timer's runs and those that administrators ask for, one at a time. */
    private final ReentrantLock running = new ReentrantLock();

    private volatile boolean failing;
    private volatile boolean stopped;

    @PostConstruct
    void start() {
        next();
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
            LOG.log(Level.DEBUG, "settlement failing", e);
        } finally {
            next();
        }
    }

    /**
     * Settles on this thread, after a run that is under way.
     *
     * @return what it did; it did nothing if another node was at it
     * @throws RuntimeException if Redis or PostgreSQL failed it; what it had not finished is found by the next
     */
    public Settlement.SettlementResult settleNow() {
        running.lock();
        long begun = System.nanoTime();
        try {
            Settlement.SettlementResult pass = settlement.settle(new JtaTransactions(context.getUserTransaction()));
            long ended = System.nanoTime();
            stats.record(pass, ended, ended - begun);
            if (failing) {
                failing = false;
                LOG.log(Level.INFO, "settlement works again: {0} keys, {1} requests", pass.keys(), pass.requests());
            }
            ledger.check(pass.ran());
            return pass;
        } catch (RuntimeException e) {
            stats.recordFailure(System.nanoTime() - begun);
            if (!failing) {
                failing = true;
                LOG.log(Level.WARNING, "settlement failing, usage waits in Redis: {0}", e.getMessage());
            }
            throw e;
        } finally {
            running.unlock();
        }
    }

    private void next() {
        if (stopped) {
            return;
        }
        try {
            timers.createSingleActionTimer(
                    settings.get(SettingCatalog.SETTLE_INTERVAL).toMillis(), NOT_KEPT);
        } catch (RuntimeException e) {
            if (!stopped) {
                LOG.log(Level.ERROR, "the settlement's timer could not be set", e);
            }
        }
    }

    /** What its runs did. */
    public SettlementStats passes() {
        return stats;
    }

    /** Whether the last run failed. */
    public boolean isFailing() {
        return failing;
    }
}
