package dev.tollgate.core.async;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;

/** Functions on failures of asynchronous calls. */
public final class Failures {

    private static final int MAX_DEPTH = 20;
    private static final int MAX_REASON = 300;

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

    /**
     * Returns why something failed, in one line for the log: the message of the innermost cause that has one. Pools and
     * frameworks wrap what a server said in texts of their own.
     *
     * @return the message, at most {@value #MAX_REASON} characters; the name of the failure's class if no cause has a message
     */
    public static String reason(Throwable failure) {
        return reason(failure, cause -> false);
    }

    /**
     * The same, but with the message of the outermost cause that says it all.
     *
     * @param decisive whether a cause, which has a message, is such a cause
     */
    public static String reason(Throwable failure, Predicate<Throwable> decisive) {
        String found = failure.getClass().getSimpleName();
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MAX_DEPTH; depth++, cause = cause.getCause()) {
            String message = cause.getMessage();
            if (message != null && !message.isBlank()) {
                found = message;
                if (decisive.test(cause)) {
                    break;
                }
            }
        }
        String line = found.strip().replaceAll("\\p{Cntrl}+\\s*", " ");
        return line.length() > MAX_REASON ? line.substring(0, MAX_REASON) : line;
    }
}
