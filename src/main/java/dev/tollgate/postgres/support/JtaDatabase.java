package dev.tollgate.postgres.support;

import dev.tollgate.core.stats.Histogram;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/** The database inside a server, with JTA transactions. Thread-safe; blocks. */
@ApplicationScoped
public class JtaDatabase implements Database {

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

    // A failed commit is thrown by the interceptor around Transaction, so it is caught here.
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

    /** The bean whose method is a transaction. */
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
