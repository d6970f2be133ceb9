package dev.tollgate.storage;

import java.io.IOException;

/** The failure of an upload with more bytes than it may have. Nothing was stored. */
public class TooLargeException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Creates it with a message. */
    public TooLargeException(String message) {
        super(message);
    }
}
