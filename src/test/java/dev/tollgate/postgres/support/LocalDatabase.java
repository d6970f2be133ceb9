package dev.tollgate.postgres.support;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.EntityTransaction;
import java.util.function.Function;

/** The database outside a server, with transactions of its own, for tests and the benchmark. */
public final class LocalDatabase implements Database {

    private final EntityManagerFactory factory;

    /** Creates it over a factory with resource-local transactions, which the caller closes. */
    public LocalDatabase(EntityManagerFactory factory) {
        this.factory = factory;
    }

    @Override
    public <T> T inTransaction(Function<EntityManager, T> work) {
        return DatabaseErrors.translating(() -> {
            try (EntityManager entities = factory.createEntityManager()) {
                EntityTransaction transaction = entities.getTransaction();
                transaction.begin();
                try {
                    T result = work.apply(entities);
                    transaction.commit();
                    return result;
                } finally {
                    if (transaction.isActive()) {
                        transaction.rollback();
                    }
                }
            }
        });
    }
}
