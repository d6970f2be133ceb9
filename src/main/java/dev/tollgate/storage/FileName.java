package dev.tollgate.storage;

/**
 * Makes a client's file name harmless. It is only ever shown and kept beside the file, never used as a path; still, what
 * leaves here can be saved under that name on any common file system and put into a header in quotes.
 *
 * <p>Rules: the last path segment, by either slash; without control characters, unpaired surrogates and characters that
 * change the direction of text or cannot be seen; {@code " < > : | ? *} become {@code _}; no white space or dots at the end
 * and no white space at the start; at most {@value #MAX_LENGTH} characters, cut before the extension where that is short.
 */
public final class FileName {

    /** The longest name kept, in UTF-16 units. */
    public static final int MAX_LENGTH = 255;

    /** What a file is called whose name is missing or of which nothing is left. */
    public static final String NAMELESS = "upload";

    private static final String FORBIDDEN = "\"<>:|?*";
    private static final int LONGEST_EXTENSION = 16;

    private FileName() {}

    /**
     * The harmless form of a name.
     *
     * @param sent as the client sent it; null for none
     * @return 1 to {@value #MAX_LENGTH} characters
     */
    public static String of(String sent) {
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
            // Format characters turn and hide text, but a joiner is part of many a written word and emoji.
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
        String extension = dot > 0 && name.length() - dot <= LONGEST_EXTENSION ? name.substring(dot) : "";
        int end = MAX_LENGTH - extension.length();
        if (Character.isHighSurrogate(name.charAt(end - 1))) {
            end--;
        }
        return trimmed(name.substring(0, end) + extension);
    }
}
