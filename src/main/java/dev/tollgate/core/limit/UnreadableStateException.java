package dev.tollgate.core.limit;

/**
 * The failure of a call about one caller or key whose data in the store has another type or is no number. The store
 * answers, also for others, so this does not count as an outage.
 */
public final class UnreadableStateException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Makes an instance with what the store, or the one who read its answer, said. */
    public UnreadableStateException(Throwable cause) {
        super("what the store holds cannot be read", cause, false, false);
    }
}
