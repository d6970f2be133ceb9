package dev.tollgate.settlement;

import java.util.function.Supplier;

/** Where the settlement's transactions come from: the server's JTA, or a test's own connection. */
public interface Transactions {

    /**
     * Runs work in a new transaction and commits it.
     *
     * @throws RuntimeException what the work threw, after rolling back; or that the commit failed, in which case it may
     *     nevertheless have happened
     */
    <T> T call(Supplier<T> work);
}
