package dev.tollgate.ops.jmx;

/** The MXBean of metering and settlement, {@code dev.tollgate:type=Settlement}. */
public interface SettlementMXBean {

    /** Returns whether this node's last settlement failed. */
    boolean isFailing();

    /** Returns the duration of this node's last settlement, in milliseconds. */
    long getLastMillis();

    /** Returns the number of requests this node has settled since its start. */
    long getSettledRequests();

    /** Returns the age of the oldest unsettled usage in Redis, in seconds; NaN if unknown. */
    double getLagSeconds();

    /** Returns the number of API keys with unsettled usage in Redis; -1 if unknown. */
    long getUnsettledKeys();

    /** Returns the number of requests metered on this node since its start. */
    long getRecordedRequests();

    /** Returns the number of metered requests in this node's memory. */
    long getWaitingRequests();

    /** Returns the number of metered requests and audit events dropped at a bound. */
    long getDropped();

    /** Returns {@code balanced}, {@code unbalanced}, or {@code unknown} before the first check. */
    String getLedger();

    /**
     * Settles and waits for the end.
     *
     * @return the result, as text
     */
    String settleNow();
}
