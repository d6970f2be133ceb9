package dev.tollgate.core.account;

/** The database cannot be asked right now. Answered with 503, never with 401: the key may well be good. */
public class DatabaseUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** With what the database or driver said. */
    public DatabaseUnavailableException(Throwable cause) {
        super("the account directory cannot be reached", cause);
    }
}
