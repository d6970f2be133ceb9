package dev.tollgate.core.account;

/**
 * The failure of a call that needs the database while it cannot be reached. The answer is 503 and never 401, since the key
 * may be valid.
 */
public class DatabaseUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Makes an instance with what the database or driver said. */
    public DatabaseUnavailableException(Throwable cause) {
        super("the account directory cannot be reached", cause);
    }
}
