package dev.tollgate.postgres.support;

import java.util.Locale;

/** Patterns for LIKE in lower case, with {@code !} as the escape. */
public final class LikePatterns {

    private LikePatterns() {}

    /** Returns the pattern of texts that contain the text. */
    public static String containing(String text) {
        return "%" + escaped(text) + "%";
    }

    /** Returns the pattern of texts that start with the text. */
    public static String starting(String text) {
        return escaped(text) + "%";
    }

    private static String escaped(String text) {
        return DetailsJson.storable(text)
                .toLowerCase(Locale.ROOT)
                .replace("!", "!!")
                .replace("%", "!%")
                .replace("_", "!_");
    }
}
