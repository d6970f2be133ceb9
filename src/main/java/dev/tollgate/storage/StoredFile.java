package dev.tollgate.storage;

/**
 * A stored file.
 *
 * @param id its ID, a random UUID in canonical form
 * @param provider the name of the provider
 * @param fileName the client's name, sanitized by {@link FileName}
 * @param contentType the media type, see {@link dev.tollgate.core.usage.MediaType}
 * @param size the size in bytes
 * @param sha256 the SHA-256 of its bytes, 64 hexadecimal digits in lower case
 */
public record StoredFile(String id, String provider, String fileName, String contentType, long size, String sha256) {}
