package dev.tollgate.ops.jmx;

/** Metering and settlement, {@code dev.tollgate:type=Settlement}. */
public interface SettlementMXBean {

    /** Whether this node's last settlement failed. */
    boolean isFailing();

    /** How long this node's last settlement took, milliseconds. */
    long getLastMillis();

    /** Requests this node settled since its start. */
    long getSettledRequests();

    /** How long the usage that waits longest has waited in Redis, in seconds; NaN if Redis does not say. */
    double getLagSeconds();

    /** API keys with usage that waits in Redis; -1 if Redis does not say. */
    long getUnsettledKeys();

    /** Requests metered on this node since its start. */
    long getRecordedRequests();

    /** Metered requests that wait in this node's memory. */
    long getWaitingRequests();

    /** Metered requests and audit events given up at a bound. */
    long getDropped();

    /** {@code balanced}, {@code unbalanced}, or {@code unknown} while it cannot be looked at. */
    String getLedger();

    /**
     * Settles now, and waits for the end.
     *
     * @return what it did, in words
     */
    String settleNow();
}
