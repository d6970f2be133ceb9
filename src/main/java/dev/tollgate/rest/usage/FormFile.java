package dev.tollgate.rest.usage;

import dev.tollgate.storage.StoredFile;
import java.util.List;

/**
 * The stored file of a form that held several.
 *
 * @param id its ID, a random UUID in canonical form
 * @param provider the name of the provider
 * @param fileName the client's name, sanitized
 * @param contentType the media type
 * @param size the size in bytes
 * @param sha256 the SHA-256 of its bytes, 64 hexadecimal digits in lower case
 * @param notStored the names of the form's other files, sanitized, in their order, at most 100; send each by itself
 */
public record FormFile(
        String id,
        String provider,
        String fileName,
        String contentType,
        long size,
        String sha256,
        List<String> notStored) {

    static FormFile of(StoredFile file, List<String> notStored) {
        return new FormFile(
                file.id(), file.provider(), file.fileName(), file.contentType(), file.size(), file.sha256(), notStored);
    }
}
