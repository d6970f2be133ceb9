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

/** What the first bytes of a file show of its format, by Apache Tika's tables. Thread-safe. */
final class MagicBytes implements MediaType.Formats {

    /** How many bytes are looked at: all that Tika's tables ask for. */
    static final int HEAD = 64 * 1024;

    // Tika's names for containers whose content it would take a parser to know.
    private static final String INTERNAL = "application/x-tika-";

    private final MimeTypes types = MimeTypes.getDefaultMimeTypes();
    private final MediaTypeRegistry registry = types.getMediaTypeRegistry();

    /**
     * The media type of a file.
     *
     * @param head its first bytes, {@link #HEAD} of them if it has as many
     * @param length how many bytes of the array are the file's
     * @param declared what {@link MediaType#declared} gave
     * @param fileName the file's harmless name: where nothing is declared its extension may say more of what the bytes show
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
