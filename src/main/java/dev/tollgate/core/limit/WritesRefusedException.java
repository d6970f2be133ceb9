package dev.tollgate.core.limit;

/**
 * The store answers and refuses to write: it is full, a read-only replica, or protects itself. It charged nothing. What needs no
 * writing it still says, above all that a ban is in force; so it is worth asking while this lasts.
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
