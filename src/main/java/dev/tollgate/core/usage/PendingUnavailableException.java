package dev.tollgate.core.usage;

/** The failure of a call that needs pending usage while Redis cannot be reached. */
public class PendingUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Makes an instance with what Redis or its client said. */
    public PendingUnavailableException(Throwable cause) {
        super("pending usage cannot be reached: " + cause, cause);
    }
}
