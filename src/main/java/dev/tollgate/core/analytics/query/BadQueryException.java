package dev.tollgate.core.analytics.query;

/** The failure of a query with a bad parameter. The answer is 400. */
public class BadQueryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String parameter;

    /**
     * @param parameter the parameter at fault
     * @param detail what is wrong with it, a sentence for people; never repeats what was sent
     */
    public BadQueryException(String parameter, String detail) {
        super(detail, null, false, false);
        this.parameter = parameter;
    }

    /** Returns the name of the parameter at fault. */
    public String parameter() {
        return parameter;
    }
}
