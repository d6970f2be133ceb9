package dev.tollgate.core.limit;

/**
 * What the store holds of one caller or key cannot be read: it is of another type, or no number. The store answered, and answers
 * others; so this says nothing about whether it is up.
 */
public final class UnreadableStateException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** With what the store, or the one who read its answer, said. */
    public UnreadableStateException(Throwable cause) {
        super("what the store holds cannot be read", cause, false, false);
    }
}
