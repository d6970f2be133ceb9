package dev.tollgate.postgres.support;

import dev.tollgate.core.stats.Histogram;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/** The database inside a server: transactions are JTA's. */
@ApplicationScoped
public class JtaDatabase implements Database {

    private final Transaction transaction;
    private final Histogram times = Histogram.ofNanos();
    private final LongAdder failures = new LongAdder();

    /** For the container's proxy. */
    protected JtaDatabase() {
        this(null);
    }

    /** With what opens transactions. */
    @Inject
    JtaDatabase(Transaction transaction) {
        this.transaction = transaction;
    }

    // Failures of the commit come out of the interceptor around Transaction, so they are seen here.
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

    /** How long transactions took, in nanoseconds, waiting for a connection included; those of the settlement are its own. */
    public Histogram.Snapshot times() {
        return times.snapshot();
    }

    /** Transactions that failed. */
    public long failures() {
        return failures.sum();
    }

    /** Where the transaction begins and ends. */
    @ApplicationScoped
    @Transactional
    public static class Transaction {

        @PersistenceContext(unitName = "tollgate")
        private EntityManager entities;

        /** Does the work. */
        public <T> T run(Function<EntityManager, T> work) {
            return work.apply(entities);
        }
    }
}
