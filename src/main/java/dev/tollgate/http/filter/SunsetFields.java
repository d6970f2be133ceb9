package dev.tollgate.http.filter;

import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.KeyAccess;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Objects;
import java.util.function.BiConsumer;

/**
 * The header fields of answers to a secret that was rotated away.
 *
 * @param deprecation when another secret replaced it (RFC 9745)
 * @param sunset from when on it is valid no more (RFC 8594)
 */
record SunsetFields(String deprecation, String sunset) {

    private static final DateTimeFormatter HTTP_DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH);

    /** Returns the fields for a key as such a secret is good for. */
    static SunsetFields of(ApiKey key) {
        KeyAccess.Retirement retirement = Objects.requireNonNull(key.access().retirement());
        // The key may end before the secret would.
        Instant end = Objects.requireNonNull(key.expiresAt());
        return new SunsetFields(
                "@" + retirement.since().getEpochSecond(), HTTP_DATE.format(end.atOffset(ZoneOffset.UTC)));
    }

    /** Gives the fields. */
    void write(BiConsumer<String, String> header) {
        header.accept("Deprecation", deprecation);
        header.accept("Sunset", sunset);
    }
}
