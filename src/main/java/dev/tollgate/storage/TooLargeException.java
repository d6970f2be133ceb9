package dev.tollgate.storage;

import java.io.IOException;

/** There are more bytes than the upload may have. Nothing was kept. */
public class TooLargeException extends IOException {

    private static final long serialVersionUID = 1L;

    /** With what happened. */
    public TooLargeException(String message) {
        super(message);
    }
}
