package dev.tollgate.gate;

import dev.tollgate.core.async.Failures;

/** The store did not answer in time, or answered with an error that is not about the request. */
final class StoreUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final int MAX_LENGTH = 120;

    StoreUnavailableException(String message, Throwable cause) {
        super(message, cause, false, false);
    }

    /** An error reply, in one line: the message of a client may hold whole scripts. */
    static StoreUnavailableException of(Throwable failure) {
        String line = Failures.reason(failure);
        String brief = line.length() > MAX_LENGTH ? line.substring(0, MAX_LENGTH) : line;
        return new StoreUnavailableException(failure.getClass().getSimpleName() + ": " + brief, failure);
    }
}
