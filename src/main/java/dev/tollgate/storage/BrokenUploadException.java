package dev.tollgate.storage;

import java.io.IOException;

/** The body ended early or could not be read: the client hung up, or sent less than it said. Nothing was kept. */
public class BrokenUploadException extends IOException {

    private static final long serialVersionUID = 1L;

    /** With what happened. */
    public BrokenUploadException(String message) {
        super(message);
    }

    /** With what reading the body failed with. */
    public BrokenUploadException(IOException cause) {
        super("the body could not be read", cause);
    }
}
