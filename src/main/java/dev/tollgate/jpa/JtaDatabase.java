package dev.tollgate.jpa;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.util.function.Function;

/** The database inside a server: transactions are JTA's. */
@ApplicationScoped
public class JtaDatabase implements Database {

    private final Transaction transaction;

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
        return Outage.watch(() -> transaction.run(work));
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
