package dev.tollgate.storage;

/**
 * A file that was stored.
 *
 * @param id the store's own name for it: a random UUID in canonical text
 * @param provider the store's name
 * @param fileName the client's name for it, made harmless by {@link FileName}
 * @param contentType its media type, see {@link dev.tollgate.core.usage.MediaType}
 * @param size bytes
 * @param sha256 of its bytes, 64 hexadecimal digits in lower case
 */
public record StoredFile(String id, String provider, String fileName, String contentType, long size, String sha256) {}
