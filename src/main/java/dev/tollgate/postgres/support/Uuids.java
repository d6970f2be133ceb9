package dev.tollgate.postgres.support;

import java.util.Optional;
import java.util.UUID;

/** Ids as tables have them. */
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

    /** An id that no row has: where a query must be asked for one. */
    public static UUID none() {
        return new UUID(0, 0);
    }
}
