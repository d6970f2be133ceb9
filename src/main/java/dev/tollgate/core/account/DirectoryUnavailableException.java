package dev.tollgate.core.account;

/** The database cannot be asked right now. Answered with 503, never with 401: the key may well be good. */
public class DirectoryUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** With what the database or driver said. */
    public DirectoryUnavailableException(Throwable cause) {
        super("the account directory cannot be reached", cause);
    }
}
