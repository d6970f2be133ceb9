package dev.tollgate.ops.jmx;

/** The MXBean of metering and settlement, {@code dev.tollgate:type=Settlement,context="/tollgate"}. */
@Description("Metering of this node, and the settlement")
public interface SettlementMXBean {

    /** Returns whether this node's last settlement failed. */
    @Description("Whether this node's last settlement failed")
    boolean isFailing();

    /** Returns the duration of this node's last settlement, in milliseconds. */
    @Description(value = "Duration of this node's last settlement", unit = "milliseconds")
    long getLastMillis();

    /** Returns the number of requests this node has settled since its start. */
    @Description(value = "Requests settled by this node since the start", unit = "requests")
    long getSettledRequests();

    /** Returns the age of the oldest unsettled usage in Redis, in seconds; NaN if unknown. */
    @Description(value = "Age of the oldest unsettled usage in Redis, of all nodes; NaN if unknown", unit = "seconds")
    double getLagSeconds();

    /** Returns the number of API keys with unsettled usage in Redis; -1 if unknown. */
    @Description(value = "API keys with unsettled usage in Redis, of all nodes; -1 if unknown", unit = "keys")
    long getUnsettledKeys();

    /** Returns the number of requests metered on this node since its start. */
    @Description(value = "Requests metered on this node since the start", unit = "requests")
    long getRecordedRequests();

    /** Returns the number of metered requests in this node's memory. */
    @Description(value = "Metered requests in the memory of this node, not yet in Redis", unit = "requests")
    long getWaitingRequests();

    /** Returns the number of metered requests and audit events dropped at a bound. */
    @Description(value = "Metered requests and audit events dropped at a bound since the start", unit = "entries")
    long getDropped();

    /** Returns {@code balanced}, {@code unbalanced}, or {@code unknown} before the first check. */
    @Description("The ledger: balanced, unbalanced, or unknown before the first check")
    String getLedger();

    /**
     * Settles and waits for the end.
     *
     * @return the result, as text
     */
    @Description("Settles now, waits for the end, and returns the result as text")
    String settleNow();
}
