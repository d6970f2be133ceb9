package dev.tollgate.storage;

import java.io.IOException;

/** The failure of an upload whose body ended early or could not be read, because of the client. Nothing was stored. */
public class BrokenUploadException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Creates it with a message. */
    public BrokenUploadException(String message) {
        super(message);
    }

    /** Creates it for a failed read. */
    public BrokenUploadException(IOException cause) {
        super("the body could not be read", cause);
    }
}
