package dev.tollgate.settlement;

import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.NotSupportedException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import jakarta.transaction.UserTransaction;
import java.lang.System.Logger.Level;
import java.util.function.Supplier;

/** Transactions of the server by JTA, with a timeout of {@value #TIMEOUT_SECONDS} seconds. Not thread-safe. */
final class JtaTransactions implements Transactions {

    private static final System.Logger LOG = System.getLogger(JtaTransactions.class.getName());
    private static final int TIMEOUT_SECONDS = 60;

    private final UserTransaction transaction;

    JtaTransactions(UserTransaction transaction) {
        this.transaction = transaction;
    }

    @Override
    public <T> T call(Supplier<T> work) {
        try {
            transaction.setTransactionTimeout(TIMEOUT_SECONDS);
            transaction.begin();
        } catch (NotSupportedException | SystemException e) {
            throw new IllegalStateException("no transaction could be begun", e);
        }
        T result;
        try {
            result = work.get();
        } catch (RuntimeException | Error e) {
            rollback();
            throw e;
        }
        try {
            transaction.commit();
        } catch (RollbackException | HeuristicMixedException | HeuristicRollbackException | SystemException e) {
            throw new IllegalStateException("the transaction was not committed: " + e.getMessage(), e);
        }
        return result;
    }

    private void rollback() {
        try {
            if (transaction.getStatus() != Status.STATUS_NO_TRANSACTION) {
                transaction.rollback();
            }
        } catch (SystemException | IllegalStateException e) {
            // The first failure is the one to report; PostgreSQL discards what is not committed.
            LOG.log(Level.DEBUG, "rollback failed", e);
        }
    }
}
