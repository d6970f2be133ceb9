package dev.tollgate.core.usage;

import java.time.LocalDate;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One metered request.
 *
 * @param keyId the API key's id
 * @param provider a provider's name
 * @param day the UTC day it counts for
 * @param successful whether it was served; 4xx after admission, 5xx and broken uploads are not
 * @param files files stored, 0 to {@value #MAX_FILES}
 * @param bytes bytes stored, 0 to {@value #MAX_BYTES}
 * @param mediaType the stored file's media type in lower case without parameters; null if no file was stored
 * @param atMillis when, milliseconds since the epoch
 */
public record UsageEvent(
        String keyId,
        String provider,
        LocalDate day,
        boolean successful,
        int files,
        long bytes,
        @Nullable String mediaType,
        long atMillis) {

    /** The most files one request may store. */
    public static final int MAX_FILES = 1_000_000;

    /** The most bytes one request may store: sums of many such stay exact in Redis's arithmetic, which is that of doubles. */
    public static final long MAX_BYTES = 1L << 44;

    /** A media type's form (RFC 6838, section 4.2), in lower case. */
    public static final Pattern MEDIA_TYPE =
            Pattern.compile("[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}");

    public UsageEvent {
        if (!UsageDelta.isKeyId(keyId)) {
            throw new IllegalArgumentException("not a key's id");
        }
        Objects.requireNonNull(day, "day");
        if (!Provider.isName(provider)) {
            throw new IllegalArgumentException("not a provider's name");
        }
        if (mediaType != null && !MEDIA_TYPE.matcher(mediaType).matches()) {
            throw new IllegalArgumentException("not a media type in lower case without parameters");
        }
        if (files < 0 || files > MAX_FILES || bytes < 0 || bytes > MAX_BYTES) {
            throw new IllegalArgumentException("files and bytes must lie between 0 and their bounds");
        }
    }
}
