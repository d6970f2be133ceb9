package dev.tollgate.usage;

import java.time.LocalDate;
import java.util.Objects;

/**
 * One metered request.
 *
 * @param keyId the API key's id
 * @param provider a provider's name
 * @param day the UTC day it counts for
 * @param successful whether it was served; 4xx after admission, 5xx and broken uploads are not
 * @param files files stored, 0 or more
 * @param bytes bytes stored, 0 or more
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
        String mediaType,
        long atMillis) {

    public UsageEvent {
        Objects.requireNonNull(keyId, "keyId");
        Objects.requireNonNull(day, "day");
        if (!Provider.isName(provider)) {
            throw new IllegalArgumentException("not a provider's name");
        }
        if (files < 0 || bytes < 0) {
            throw new IllegalArgumentException("files and bytes cannot be negative");
        }
    }
}
