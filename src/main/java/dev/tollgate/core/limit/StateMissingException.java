package dev.tollgate.core.limit;

/**
 * The store knows nothing of an account this month: a new month, a new account or an emptied store. What PostgreSQL
 * remembers goes in by {@link GateStore#restore} before the request is decided; nothing was charged.
 */
public final class StateMissingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient BillingMonth month;

    /** Without a stack trace: it is a question, not a fault. */
    public StateMissingException(BillingMonth month) {
        super("history needed for " + month, null, false, false);
        this.month = month;
    }

    /** The month it decides in, on the store's clock. */
    public BillingMonth month() {
        return month;
    }
}
