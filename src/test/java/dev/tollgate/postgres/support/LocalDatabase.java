package dev.tollgate.postgres.support;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.EntityTransaction;
import java.util.function.Function;

/** The database outside a server: transactions are its own. For tests and the bench. */
public final class LocalDatabase implements Database {

    private final EntityManagerFactory factory;

    /** Over a factory with resource-local transactions, which stays the caller's to close. */
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
