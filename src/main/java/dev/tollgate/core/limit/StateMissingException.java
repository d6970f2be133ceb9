package dev.tollgate.core.limit;

/**
 * The failure of a decision for an account that the store does not know this month: a new month, a new account or an
 * emptied store. Nothing was charged. {@link GateStore#restore} puts in what PostgreSQL remembers, and then the request is
 * decided.
 */
public final class StateMissingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient BillingMonth month;

    /** Without a stack trace: it is a question, not a fault. */
    public StateMissingException(BillingMonth month) {
        super("history needed for " + month, null, false, false);
        this.month = month;
    }

    /** Returns the month it decides in, on the store's clock. */
    public BillingMonth month() {
        return month;
    }
}
