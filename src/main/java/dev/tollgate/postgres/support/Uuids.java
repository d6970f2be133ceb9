package dev.tollgate.postgres.support;

import java.util.Optional;
import java.util.UUID;

/** Conversions of IDs to UUIDs. */
public final class Uuids {

    private static final int LENGTH = 36;

    private Uuids() {}

    /** Reads an id; empty if the text is not a UUID in canonical form, in either case of letters. */
    public static Optional<UUID> parse(String text) {
        if (text.length() != LENGTH) {
            return Optional.empty();
        }
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The ID of no row, for queries that need one. */
    public static UUID none() {
        return new UUID(0, 0);
    }
}
