package dev.tollgate.jpa;

import java.util.Locale;

/** Patterns for LIKE in lower case, with {@code !} as the escape. */
final class Like {

    private Like() {}

    /** Whatever holds the text. */
    static String containing(String text) {
        return "%" + escaped(text) + "%";
    }

    /** Whatever starts with the text. */
    static String starting(String text) {
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
