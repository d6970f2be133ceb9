package dev.tollgate.core.analytics.grouped;

/** The refusal of a report that would cost too much. */
public class ReportRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Why a report is refused. */
    public enum Reason {
        /** It would have more rows than a table may have. */
        TOO_MANY_ROWS,
        /** The database took too long for it. */
        TOO_SLOW,
        /** As many reports are under way as a node allows. */
        TOO_MANY_REPORTS
    }

    private final Reason reason;

    public ReportRefusedException(Reason reason) {
        super(reason.name(), null, false, false);
        this.reason = reason;
    }

    /** Returns why. */
    public Reason reason() {
        return reason;
    }
}
