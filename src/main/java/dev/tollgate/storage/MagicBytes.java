package dev.tollgate.storage;

import dev.tollgate.core.usage.MediaType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.metadata.TikaCoreProperties;
import org.apache.tika.mime.MediaTypeRegistry;
import org.apache.tika.mime.MimeTypes;

/** A detector of media types from the first bytes of a file, by the tables of Apache Tika. Thread-safe. */
final class MagicBytes implements MediaType.Formats {

    /** The number of bytes that Tika's tables use. */
    static final int HEAD = 64 * 1024;

    // Tika's names for containers whose content only a parser could tell.
    private static final String INTERNAL = "application/x-tika-";

    private final MimeTypes types = MimeTypes.getDefaultMimeTypes();
    private final MediaTypeRegistry registry = types.getMediaTypeRegistry();

    /**
     * Returns the media type of a file.
     *
     * @param head the first bytes, up to {@link #HEAD} of them
     * @param length the number of valid bytes in the array
     * @param declared the type from {@link MediaType#declared}
     * @param fileName the sanitized name; without a declared type, its extension refines what the bytes show
     */
    String typeOf(byte[] head, int length, Optional<String> declared, String fileName) {
        Metadata hints = new Metadata();
        if (declared.isEmpty()) {
            hints.set(TikaCoreProperties.RESOURCE_NAME_KEY, fileName);
        }
        try {
            org.apache.tika.mime.MediaType detected = types.detect(new ByteArrayInputStream(head, 0, length), hints);
            return MediaType.resolve(declared, published(detected), this);
        } catch (IOException e) {
            throw new UncheckedIOException("an array of bytes can be read", e);
        }
    }

    private String published(org.apache.tika.mime.MediaType detected) {
        org.apache.tika.mime.MediaType type = detected.getBaseType();
        while (type != null && type.toString().startsWith(INTERNAL)) {
            type = registry.getSupertype(type);
        }
        return type == null ? MediaType.UNKNOWN : type.toString();
    }

    @Override
    public String canonical(String type) {
        org.apache.tika.mime.MediaType parsed = org.apache.tika.mime.MediaType.parse(type);
        return parsed == null ? type : registry.normalize(parsed).toString();
    }

    @Override
    public boolean specialises(String special, String general) {
        return registry.isSpecializationOf(
                org.apache.tika.mime.MediaType.parse(special), org.apache.tika.mime.MediaType.parse(general));
    }
}
