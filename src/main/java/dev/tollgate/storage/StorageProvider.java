package dev.tollgate.storage;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** A store of uploads. Thread-safe. */
public interface StorageProvider {

    /** Returns the name in URLs and in metering; see {@link dev.tollgate.core.usage.Provider}. */
    String name();

    /**
     * Stores a file, which may have no bytes, while it arrives, without all of it in memory. It stores the whole file or
     * nothing. Blocks until the body ends.
     *
     * @param body the file's bytes; read to its end, not closed
     * @throws TooLargeException if there are more bytes than the arrival allows
     * @throws BrokenUploadException if the body could not be read to its end, because of the client
     * @throws IOException if the bytes could not be stored
     */
    StoredFile store(InputStream body, Arrival arrival) throws IOException;

    /** Returns whether files can be stored at the moment, as far as a cheap check can tell. */
    default boolean isUsable() {
        return true;
    }

    /**
     * The description of an arriving file.
     *
     * @param fileName the name as the client sent it; null for none. Never used as a path
     * @param declaredType the media type that the client declares; null for none
     * @param length the number of bytes that must arrive; -1 if unknown
     * @param maxBytes bytes at most
     */
    record Arrival(@Nullable String fileName, @Nullable String declaredType, long length, long maxBytes) {}
}
