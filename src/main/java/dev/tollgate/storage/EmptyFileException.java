package dev.tollgate.storage;

import java.io.IOException;

/** There is not a single byte. Nothing was kept. */
public class EmptyFileException extends IOException {

    private static final long serialVersionUID = 1L;

    /** With what happened. */
    public EmptyFileException(String message) {
        super(message);
    }
}
