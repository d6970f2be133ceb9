package dev.tollgate.storage;

import java.io.IOException;
import java.io.InputStream;

/** A place where uploads are kept. Thread-safe. */
public interface StorageProvider {

    /** Its name, as URLs and metering have it; see {@link dev.tollgate.core.usage.Provider}. */
    String name();

    /**
     * Stores one file as it comes in, never holding all of it in memory. Either all of it is kept or nothing is, whatever
     * goes wrong. Blocks until the body has ended.
     *
     * @param body the file's bytes; read to its end, not closed
     * @throws TooLargeException if there are more bytes than the arrival allows
     * @throws EmptyFileException if there is not a single byte
     * @throws BrokenUploadException if the body could not be read to its end: the client's side
     * @throws IOException if the bytes could not be kept: this side
     */
    StoredFile store(InputStream body, Arrival arrival) throws IOException;

    /** Whether files can be kept at the moment, as far as that can be told at no great cost. */
    default boolean isUsable() {
        return true;
    }

    /**
     * What is said of a file that comes in.
     *
     * @param fileName the client's name for it, as sent; null for none. Never becomes a path
     * @param declaredType its media type as the client declares it; null for none
     * @param length how many bytes there must be, else it is broken; -1 if not known
     * @param maxBytes the most bytes taken
     */
    record Arrival(String fileName, String declaredType, long length, long maxBytes) {}
}
