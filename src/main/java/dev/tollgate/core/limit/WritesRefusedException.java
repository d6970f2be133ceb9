package dev.tollgate.core.limit;

/**
 * The failure of a call that the store refuses because it does not write: it is full, a read-only replica, or protects
 * itself. Nothing was charged. The store still answers reads, above all that a ban is in force, so asking it remains
 * useful.
 */
public final class WritesRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * @param message the store's own words
     * @param cause the store's error
     */
    public WritesRefusedException(String message, Throwable cause) {
        super(message, cause, false, false);
    }
}
