package dev.tollgate.core.ledger;

/** A trigger that settles at once instead of at the timer's next run. Thread-safe. */
@FunctionalInterface
public interface SettlementTrigger {

    /**
     * What a run did.
     *
     * @param ran false if another run was under way, here or on another node: what waits is being settled already
     * @param batches transactions committed
     * @param keys keys whose counts were added
     * @param requests requests added
     * @param setAside keys that could not be written
     * @param failed keys that could not be claimed this time
     */
    record Result(boolean ran, int batches, int keys, long requests, int setAside, int failed) {}

    /**
     * Runs a pass and waits for its end.
     *
     * @throws RuntimeException if Redis or PostgreSQL failed it; what it had not finished is found by the next
     */
    Result run();
}
