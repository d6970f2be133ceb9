package dev.tollgate.core.usage;

/** Redis cannot be asked for pending usage right now. */
public class PendingUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** With what Redis or its client said. */
    public PendingUnavailableException(Throwable cause) {
        super("pending usage cannot be reached: " + cause, cause);
    }
}
