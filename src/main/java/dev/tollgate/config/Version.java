package dev.tollgate.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The version of this release, as the build writes it beside this class: servers hide the manifest of a WAR from its classes. */
public final class Version {

    private static final String CURRENT = read();

    private Version() {}

    /** Returns the version, such as {@code 1.2.3}. */
    public static String current() {
        return CURRENT;
    }

    private static String read() {
        try (InputStream text = Objects.requireNonNull(Version.class.getResourceAsStream("version.txt"))) {
            return new String(text.readAllBytes(), StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
