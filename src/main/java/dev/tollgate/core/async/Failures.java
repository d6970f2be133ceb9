package dev.tollgate.core.async;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Functions on failures of asynchronous calls. */
public final class Failures {

    private Failures() {}

    /**
     * Returns what a stage failed with. A stage that depends on a failed one, {@code join} and {@code get} wrap the failure.
     *
     * @param failure what a callback or a {@code catch} was given
     * @return the cause of a {@link CompletionException} or {@link ExecutionException} that has one, else the failure itself
     */
    public static Throwable unwrap(Throwable failure) {
        boolean wrapped = failure instanceof CompletionException || failure instanceof ExecutionException;
        return wrapped && failure.getCause() != null ? failure.getCause() : failure;
    }
}
