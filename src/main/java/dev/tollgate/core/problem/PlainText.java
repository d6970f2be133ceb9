package dev.tollgate.core.problem;

/** A function that tells text which people can read in one line from other text. */
public final class PlainText {

    private PlainText() {}

    /** Returns whether a text has no control character, such as a line break, and no half of a surrogate pair. */
    public static boolean isPlain(String text) {
        return text.codePoints()
                .noneMatch(c ->
                        Character.isISOControl(c) || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
    }
}
