package dev.tollgate.storage;

import org.jspecify.annotations.Nullable;

/**
 * A sanitizer of clients' file names. A name is shown and stored beside the file, and never used as a path. The result can be a
 * file name on any common file system and a quoted value of a header field.
 *
 * <p>Rules:
 *
 * <ul>
 *   <li>Only the last path segment is kept, by either slash.
 *   <li>Control characters, unpaired surrogates, and characters that are invisible or change the direction of text are removed.
 *   <li>{@code " < > : | ? *} become {@code _}.
 *   <li>White space at both ends and dots at the end are removed.
 *   <li>The name has at most {@value #MAX_LENGTH} characters. A longer one is cut before its extension if that is short.
 * </ul>
 */
public final class FileName {

    /** The longest name, in UTF-16 units. */
    public static final int MAX_LENGTH = 255;

    /** The name of a file without one, or of which nothing is left. */
    public static final String NAMELESS = "upload";

    private static final String FORBIDDEN = "\"<>:|?*";
    private static final int MAX_EXTENSION = 16;

    private FileName() {}

    /**
     * Returns the sanitized form of a name.
     *
     * @param sent the name as the client sent it; null for none
     * @return 1 to {@value #MAX_LENGTH} characters
     */
    public static String of(@Nullable String sent) {
        if (sent == null) {
            return NAMELESS;
        }
        String segment = sent.substring(Math.max(sent.lastIndexOf('/'), sent.lastIndexOf('\\')) + 1);
        StringBuilder kept = new StringBuilder();
        segment.codePoints().filter(FileName::isShown).forEach(c -> kept.appendCodePoint(replaced(c)));
        String name = cut(trimmed(kept.toString()));
        return name.isEmpty() ? NAMELESS : name;
    }

    private static boolean isShown(int c) {
        return switch (Character.getType(c)) {
            // Format characters turn and hide text. Joiners are allowed, since words and emoji contain them.
            case Character.FORMAT -> c == 0x200c || c == 0x200d;
            case Character.CONTROL,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE -> false;
            default -> true;
        };
    }

    private static int replaced(int c) {
        return FORBIDDEN.indexOf(c) >= 0 ? '_' : c;
    }

    private static String trimmed(String name) {
        int end = name.length();
        while (end > 0 && (name.charAt(end - 1) == '.' || Character.isSpaceChar(name.charAt(end - 1)))) {
            end--;
        }
        int begin = 0;
        while (begin < end && Character.isSpaceChar(name.charAt(begin))) {
            begin++;
        }
        return name.substring(begin, end);
    }

    private static String cut(String name) {
        if (name.length() <= MAX_LENGTH) {
            return name;
        }
        int dot = name.lastIndexOf('.');
        String extension = dot > 0 && name.length() - dot <= MAX_EXTENSION ? name.substring(dot) : "";
        int end = MAX_LENGTH - extension.length();
        if (Character.isHighSurrogate(name.charAt(end - 1))) {
            end--;
        }
        return trimmed(name.substring(0, end) + extension);
    }
}
