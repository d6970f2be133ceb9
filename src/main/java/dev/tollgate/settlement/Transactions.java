package dev.tollgate.settlement;

import java.util.function.Supplier;

/** A source of the settlement's transactions: the server's JTA, or a connection of a test. */
public interface Transactions {

    /**
     * Runs work in a new transaction and commits it.
     *
     * @throws RuntimeException as thrown by the work, after a rollback; or for a failed commit, which may nevertheless have
     *     taken effect
     */
    <T> T call(Supplier<T> work);
}
