package dev.tollgate.postgres.support;

import dev.tollgate.core.stats.Histogram;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.NotSupportedException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import jakarta.transaction.UserTransaction;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/** The database inside a server, with JTA transactions. Thread-safe; blocks. */
@ApplicationScoped
public class JtaDatabase implements Database {

    private static final Logger LOG = System.getLogger(JtaDatabase.class.getName());

    private final Transaction transaction;
    private final Histogram times = Histogram.ofNanos();
    private final LongAdder failures = new LongAdder();

    /** For the proxy of the container. */
    @SuppressWarnings("NullAway") // a proxy reads no field of its own
    protected JtaDatabase() {
        this(null);
    }

    /** Creates it over the bean that begins and ends transactions. */
    @Inject
    JtaDatabase(Transaction transaction) {
        this.transaction = transaction;
    }

    @Override
    public <T> T inTransaction(Function<EntityManager, T> work) {
        long begun = System.nanoTime();
        boolean failed = true;
        try {
            T result = DatabaseErrors.translating(() -> transaction.run(work));
            failed = false;
            return result;
        } finally {
            times.record(System.nanoTime() - begun);
            if (failed) {
                failures.increment();
            }
        }
    }

    /** Returns the durations of transactions in nanoseconds, with the wait for a connection, without those of the settlement. */
    public Histogram.Snapshot times() {
        return times.snapshot();
    }

    /** Returns the number of failed transactions. */
    public long failures() {
        return failures.sum();
    }

    /**
     * The bean whose method is a transaction, or a part of the caller's. It begins and ends transactions by itself: Payara's interceptor
     * of {@code @Transactional} logs two warnings per call on threads of an application's own executor.
     */
    @ApplicationScoped
    public static class Transaction {

        @PersistenceContext(unitName = "tollgate")
        private EntityManager entities;

        @Resource
        private UserTransaction transaction;

        /**
         * Does the work.
         *
         * @throws IllegalStateException if no transaction could be begun, or it was not committed
         */
        public <T> T run(Function<EntityManager, T> work) {
            return begin() ? runAndCommit(work) : work.apply(entities);
        }

        /** Begins a transaction. Returns false if the caller is in one already. */
        private boolean begin() {
            try {
                if (transaction.getStatus() != Status.STATUS_NO_TRANSACTION) {
                    return false;
                }
                transaction.begin();
                return true;
            } catch (NotSupportedException | SystemException e) {
                throw new IllegalStateException("no transaction could be begun", e);
            }
        }

        private <T> T runAndCommit(Function<EntityManager, T> work) {
            T result;
            try {
                result = work.apply(entities);
            } catch (RuntimeException | Error e) {
                rollback();
                throw e;
            }
            try {
                transaction.commit();
            } catch (RollbackException | HeuristicMixedException | HeuristicRollbackException | SystemException e) {
                throw new IllegalStateException("the transaction was not committed", e);
            }
            return result;
        }

        private void rollback() {
            try {
                transaction.rollback();
            } catch (SystemException | IllegalStateException e) {
                // The first failure is the one to report; PostgreSQL discards what is not committed.
                LOG.log(Level.DEBUG, "rollback failed", e);
            }
        }
    }
}
