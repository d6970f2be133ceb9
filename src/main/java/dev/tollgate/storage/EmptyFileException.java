package dev.tollgate.storage;

import java.io.IOException;

/** The failure of an upload without any bytes. Nothing was stored. */
public class EmptyFileException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Creates it with a message. */
    public EmptyFileException(String message) {
        super(message);
    }
}
